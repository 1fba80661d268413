// Puts a compressed copy beside each built file that gets smaller by it: the daemon serves those to
// browsers that read them, and compresses nothing itself.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const files = readdirSync("dist", { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && /\.(html|js|css|svg|json|webmanifest)$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name));

for (const file of files) {
  const bytes = readFileSync(file);
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  for (const [ending, packed] of [
    ["br", brotliCompressSync(bytes, quality)],
    ["gz", gzipSync(bytes, { level: 9 })],
  ]) {
    if (packed.length < bytes.length) {
      writeFileSync(`${file}.${ending}`, packed);
    }
  }
}
