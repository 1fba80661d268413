import { expect, test } from "vitest";
import { compact, dollars, price, span } from "./amounts";

test("amounts are short, and say no more than is known", () => {
  expect([0, 940, 1000, 12_340, 120_000, 999_499, 999_500, 4_560_000, 2e9].map(compact)).toEqual([
    ..."0 940 1k 12.3k 120k 999k 1M 4.56M 2G".split(" "),
  ]);
  expect([0, 0.00001, 0.0123, 0.5, 1234.5].map(dollars)).toEqual([
    ...["$0.00", "<$0.0001", "$0.0123", "$0.50", "$1,234.50"],
  ]);
  expect([price(null), price(null, 3), price(0.5), price(0.5, 3)]).toEqual([
    ...["no price", "no price", "$0.50", "$0.50, partial"],
  ]);
  expect([4, 1240, 200_000, 7_500_000].map(span)).toEqual([
    ...["4 ms", "1.2 s", "3 min 20 s", "2 h 5 min"],
  ]);
});
