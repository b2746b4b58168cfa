import { BadGuardFlag, guardOptions } from "./options.ts";

describe("the flags of the guard", () => {
  it("measure both modes and compare", () => {
    const { subjects, record } = guardOptions([]);

    expect(subjects.map(({ mode }) => mode)).toEqual(["embedded", "kafka"]);
    expect(record).toBe(false);
  });

  it("record one mode", () => {
    const { subjects, record } = guardOptions(["--record", "--mode", "kafka"]);

    expect(subjects).toEqual([{ mode: "kafka", processes: 1 }]);
    expect(record).toBe(true);
  });

  it.each([
    [["--mode", "postgres"], "--mode is embedded or kafka, not postgres."],
    [["--forget"], "Unknown option '--forget'"],
  ])("%j is refused", (args, sentence) => {
    expect(() => guardOptions(args)).toThrow(BadGuardFlag);
    expect(() => guardOptions(args)).toThrow(sentence);
  });
});
