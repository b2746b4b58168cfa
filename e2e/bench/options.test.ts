import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { BadFlag, parseOptions } from "./options.ts";

const refusal = (...args: string[]): string => {
  try {
    parseOptions(args);
  } catch (error) {
    if (error instanceof BadFlag) return error.message;
    throw error;
  }
  return "nothing is wrong";
};

describe("the flags of the bench", () => {
  it("measure everything in every mode unless told otherwise", () => {
    const { subjects, parts } = parseOptions([]);

    expect(subjects).toHaveLength(3);
    expect(parts).toEqual([
      "idle",
      "saturated",
      "open",
      "slow",
      "backlog",
      "growth",
    ]);
  });

  it("ask for a single run", () => {
    const { subjects, parts, load } = parseOptions(
      "--mode kafka --processes 1 --saturate --seconds 15 --warm-up 25".split(
        " ",
      ),
    );

    expect(subjects).toEqual([{ mode: "kafka", processes: 1 }]);
    expect(parts).toEqual(["saturated"]);
    expect(load).toEqual({
      seconds: 15,
      warmUp: 25,
      inFlight: 1_024,
      connections: 256,
    });
  });

  it("ask for orders at a rate", () => {
    const { parts, load } = parseOptions(
      "--mode embedded --rate 20".split(" "),
    );

    expect(parts).toEqual(["open"]);
    expect(load.rate).toBe(20);
  });

  it.each([
    ["--mode", "postgres", "--mode is kafka or embedded, not postgres."],
    ["--processes", "3", "--processes is 1 or 9, not 3."],
    ["--rate", "-1", "--rate is a number from 0.1 to 100000, not -1."],
    ["--rate", "fast", "--rate is a number from 0.1 to 100000, not fast."],
    ["--seconds", "0", "--seconds is a number from 1 to 3600, not 0."],
    ["--in-flight", "1.5", "--in-flight is a whole number, not 1.5."],
    ["--sizes", "10,", "--sizes is a number from 1 to 10000000, not nothing."],
    [
      "--only",
      "speed",
      "--only takes some of idle,saturated,open,slow,backlog,growth; speed is none of them.",
    ],
  ])("%s %s is refused", (flag, value, sentence) => {
    expect(refusal(`${flag}=${value}`)).toBe(sentence);
  });

  it("that exclude each other are refused", () => {
    expect(refusal("--rate", "5", "--saturate")).toContain(
      "exclude each other",
    );
    expect(refusal("--only", "idle", "--saturate")).toContain(
      "one or the other",
    );
    expect(refusal("--mode", "embedded", "--processes", "9")).toContain(
      "one process",
    );
  });

  it("that are unknown are refused by the command, before anything starts", () => {
    const { status, stderr } = spawnSync(
      process.execPath,
      [join(import.meta.dirname, "run.ts"), "--speed", "5"],
      { encoding: "utf8" },
    );

    expect(stderr).toMatch(/^Unknown option '--speed'/);
    expect(status).toBe(2);
  });
});
