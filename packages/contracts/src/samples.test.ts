import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { contracts } from "./catalogue.ts";
import type { Draft } from "./message.ts";
import { sampleFile } from "./sample-file.ts";

const folder = join(import.meta.dirname, "samples");
const read = (file: string) => readFileSync(join(folder, file), "utf8");
const parse = <T>(file: string) => JSON.parse(read(file)) as T;

describe.each(contracts.map((contract) => ({ contract, type: contract.type })))(
  "the golden sample of $type",
  ({ contract, type }) => {
    const sample = parse<Draft>(sampleFile(type));

    it("is understood by its contract, with nothing left over", () => {
      expect(contract.schema.parse(sample.data)).toEqual(sample.data);
    });

    it("is what the contract drafts: same topic, subject and key", () => {
      expect(contract(sample.data)).toEqual(sample);
    });
  },
);

it("has one sample per contract and no other", () => {
  const expected = contracts.map(({ type }) => sampleFile(type)).sort();

  expect(globSync("*/*.json", { cwd: folder }).sort()).toEqual(expected);
});

it("never changes a released sample", () => {
  const checksums = Object.fromEntries(
    globSync("*/*.json", { cwd: folder })
      .sort()
      .map((file) => [
        file,
        createHash("sha256").update(read(file)).digest("hex"),
      ]),
  );

  expect(checksums).toEqual(parse("checksums.json"));
});
