//! What models cost. The list that comes with the program has its source and its day in it; a
//! person's own list comes before it.

use std::path::Path;

use codepiper_model::zone::day_of_text;
use codepiper_model::{Day, Timestamp, Tokens, Zone};
use serde::Deserialize;
use toml::Spanned;

use super::PricesProblem;

/// The list that comes with the program.
const SHIPPED: &str = include_str!("prices.toml");

/// Prices of models; the first that fits counts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Prices {
    list: Vec<Price>,
    /// Why the own list is not among them, where there is one.
    problem: Option<PricesProblem>,
}

/// What a model costs, in dollars for a million tokens.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Price {
    /// The model as agents report it; a `*` at the end stands for anything.
    model: String,
    /// The first day (UTC) on which that is the price.
    from: Option<String>,
    #[serde(skip)]
    from_day: Option<Day>,
    /// Only where the model read more tokens than that.
    #[serde(default)]
    above: u64,
    input: f64,
    output: f64,
    /// By default 1.25 times `input`.
    cache_write_5m: Option<f64>,
    /// By default twice `input`.
    cache_write_1h: Option<f64>,
    /// By default a tenth of `input`.
    cache_read: Option<f64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    #[serde(default)]
    price: Vec<Spanned<Price>>,
}

/// What is wrong with a list, and at which byte.
type Wrong = (Option<usize>, String);

impl Prices {
    /// The person's own list, if there is one, and behind it the one that comes with the program.
    /// An own list that cannot be read is left out.
    pub(crate) fn load(own: &Path) -> Self {
        let mut shipped = Self::parse(SHIPPED).unwrap_or_default();
        match Self::own(own) {
            Ok(mut prices) => {
                prices.list.append(&mut shipped.list);
                prices
            }
            Err(problem) => {
                shipped.problem = Some(problem);
                shipped
            }
        }
    }

    /// The person's own list; an empty one where there is none.
    pub(super) fn own(path: &Path) -> Result<Self, PricesProblem> {
        let bytes = match std::fs::read(path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(Self::default());
            }
            Err(error) => return Err(PricesProblem::new(path, error.to_string())),
        };
        let text = std::str::from_utf8(&bytes).map_err(|error| {
            PricesProblem::new(path, "it is no UTF-8").at(&bytes, error.valid_up_to())
        })?;
        Self::parse(text).map_err(|(byte, what)| {
            let problem = PricesProblem::new(path, what);
            match byte {
                Some(byte) => problem.at(&bytes, byte),
                None => problem,
            }
        })
    }

    /// How many there are.
    pub(super) fn count(&self) -> usize {
        self.list.len()
    }

    /// Why the own list is left out, where it is.
    pub(super) const fn problem(&self) -> Option<&PricesProblem> {
        self.problem.as_ref()
    }

    fn parse(text: &str) -> Result<Self, Wrong> {
        let list: List = toml::from_str(text).map_err(|error| {
            let byte = error.span().map(|span| span.start);
            (byte, error.message().to_owned())
        })?;
        let mut prices = Vec::new();
        for spanned in list.price {
            let at = spanned.span().start;
            let mut price = spanned.into_inner();
            price.check().map_err(|what| (Some(at), what))?;
            prices.push(price);
        }
        // A whole name counts before a wildcard, a longer wildcard before a shorter one. Of several
        // prices of one model the latest counts that has begun, and of those the one for the
        // longest prompts that fits.
        prices.sort_by_key(|price| {
            let is_whole = !price.model.ends_with('*');
            let name = (is_whole, price.model.len());
            std::cmp::Reverse((name, price.from_day, price.above))
        });
        Ok(Self {
            list: prices,
            problem: None,
        })
    }

    /// What that costs at that time, in billionths of a dollar; none where there is no price.
    pub(crate) fn cost(&self, model: &str, at: Timestamp, tokens: &Tokens) -> Option<i64> {
        let day = Zone::utc().day(at);
        let read = tokens.read();
        let price = self.list.iter().find(|price| {
            let has_begun = price.from_day.is_none_or(|from| from <= day);
            price.is_of(model) && has_begun && (price.above == 0 || read > price.above)
        })?;
        Some(price.cost(tokens))
    }
}

impl Price {
    /// Reads its day, and whether its numbers can be dollars.
    fn check(&mut self) -> Result<(), String> {
        let named = self.from.as_deref();
        self.from_day = named.map(read_day).transpose()?;
        let all = [Some(self.input), Some(self.output), self.cache_write_5m];
        let rest = [self.cache_write_1h, self.cache_read];
        let is_price = |value: f64| value.is_finite() && (0.0..=1e6).contains(&value);
        if !all.into_iter().chain(rest).flatten().all(is_price) {
            return Err(format!(
                "a price of `{}` is no number of dollars",
                self.model
            ));
        }
        Ok(())
    }

    fn is_of(&self, model: &str) -> bool {
        match self.model.strip_suffix('*') {
            Some(begin) => model.starts_with(begin),
            None => model == self.model,
        }
    }

    fn cost(&self, tokens: &Tokens) -> i64 {
        let write = self.cache_write_5m.unwrap_or(self.input * 1.25);
        let parts = [
            (tokens.input, self.input),
            (tokens.output, self.output),
            (tokens.cache_write_5m, write),
            (
                tokens.cache_write_1h,
                self.cache_write_1h.unwrap_or(self.input * 2.0),
            ),
            (
                tokens.cache_read,
                self.cache_read.unwrap_or(self.input * 0.1),
            ),
        ];
        let cost = parts.into_iter().map(|(count, dollars)| {
            i64::try_from(count)
                .unwrap_or(i64::MAX)
                .saturating_mul(billionths(dollars))
        });
        cost.fold(0, i64::saturating_add)
    }
}

/// Dollars for a million tokens as billionths of a dollar for one.
#[expect(
    clippy::cast_possible_truncation,
    reason = "prices are checked when they are read"
)]
fn billionths(dollars: f64) -> i64 {
    (dollars * 1000.0).round() as i64
}

fn read_day(text: &str) -> Result<Day, String> {
    day_of_text(text).ok_or_else(|| format!("`{text}` is no day such as `2026-11-23`"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKENS: Tokens = Tokens {
        input: 1_000_000,
        output: 2_000_000,
        cache_write_5m: 100,
        cache_write_1h: 10,
        cache_read: 1000,
        reasoning: 5,
    };

    fn at(day: &str) -> Timestamp {
        format!("{day}T12:00:00Z").parse().unwrap()
    }

    #[test]
    fn each_kind_of_token_has_its_price_and_each_day_too() {
        let list = "[[price]]\nmodel = 'big'\ninput = 5\noutput = 25\ncache_write_1h = 8\n\
            [[price]]\nmodel = 'big'\nfrom = '2026-06-01'\ninput = 1\noutput = 2\n\
            [[price]]\nmodel = 'big*'\ninput = 0.1\noutput = 0.1\n";
        let prices = Prices::parse(list).unwrap();
        let before = 5_000_000_000 + 50_000_000_000 + 100 * 6250 + 10 * 8000 + 1000 * 500;
        assert_eq!(prices.cost("big", at("2026-05-31"), &TOKENS), Some(before));
        let after = 1_000_000_000 + 4_000_000_000 + 100 * 1250 + 10 * 2000 + 1000 * 100;
        assert_eq!(prices.cost("big", at("2026-06-01"), &TOKENS), Some(after));
        assert!(prices.cost("bigger", at("2026-06-01"), &TOKENS).is_some());
        assert_eq!(prices.cost("small", at("2026-06-01"), &TOKENS), None);
    }

    #[test]
    fn the_name_that_says_most_counts_wherever_it_stands() {
        let list = "[[price]]\nmodel = 'big*'\nfrom = '2026-06-01'\ninput = 1\noutput = 0\n\
            [[price]]\nmodel = 'big-2*'\ninput = 2\noutput = 0\n\
            [[price]]\nmodel = 'big-2'\ninput = 3\noutput = 0\n";
        let prices = Prices::parse(list).unwrap();
        let tokens = Tokens {
            input: 1_000_000,
            ..Tokens::default()
        };
        for (model, dollars) in [("big-2", 3), ("big-25", 2), ("big-1", 1)] {
            let cost = prices.cost(model, at("2026-11-23"), &tokens);
            assert_eq!(cost, Some(dollars * 1_000_000_000), "{model}");
        }
    }

    #[test]
    fn the_shipped_list_can_be_read_and_knows_nothing_of_what_it_does_not_name() {
        let prices = Prices::parse(SHIPPED).unwrap();
        assert!(!prices.list.is_empty());
        assert_eq!(prices.cost("fake-codex", at("2026-11-23"), &TOKENS), None);
    }

    #[test]
    fn an_own_list_comes_first_and_a_broken_one_says_why() {
        let dir = tempfile::tempdir().unwrap();
        let own = dir.path().join("prices.toml");
        std::fs::write(&own, "[[price]]\nmodel = 'fake*'\ninput = 1\noutput = 1\n").unwrap();
        let prices = Prices::load(&own);
        assert_eq!(prices.problem(), None);
        assert!(
            prices
                .cost("fake-codex", at("2026-11-23"), &TOKENS)
                .is_some()
        );
        let good = "[[price]]\nmodel = 'x'\ninput = 1\noutput = 1\n";
        let day = good.replace("output", "from = 'May'\noutput");
        for (bad, line, what) in [
            (format!("{good}outputs = 1\n").into_bytes(), 5, "outputs"),
            (format!("{good}\n{day}").into_bytes(), 6, "`May` is no day"),
            (good.replace("1\n", "-1\n").into_bytes(), 1, "price of `x`"),
            (format!("{good}= what").into_bytes(), 5, ""),
            ([good.as_bytes(), b"#\n#\xff"].concat(), 6, "UTF-8"),
        ] {
            std::fs::write(&own, bad).unwrap();
            let prices = Prices::load(&own);
            let problem = prices.problem().unwrap();
            assert!(problem.what.contains(what), "{problem}");
            assert_eq!(problem.line, Some(line), "{problem}");
            assert!(!prices.list.is_empty());
        }
    }
}
