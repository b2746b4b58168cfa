import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";

const run = async (...given: readonly string[]): Promise<string> => {
  const program = join(import.meta.dirname, "run.ts");
  const { stdout } = await promisify(execFile)(process.execPath, [
    program,
    ...given,
  ]);
  return stdout.trim();
};

const lastLine = (text: string) => text.split("\n").at(-1) ?? "";

describe("the simulator", () => {
  it("gives the same trace for the same seed, and another for another", async () => {
    const [once, again, other] = await Promise.all([
      run("--seed", "7"),
      run("--seed", "7"),
      run("--seed", "8"),
    ]);
    expect(lastLine(once)).toMatch(
      /^seed 7: \d+ orders, \d+ events, trace [0-9a-f]{16}, no violation$/,
    );
    expect(again).toBe(once);
    expect(traceIn(other)).not.toBe(traceIn(once));
  }, 120_000);

  it("runs many seeds, and some of them twice", async () => {
    const said = await run("--seeds", "6", "--planted", "none");
    expect(said).not.toContain("replayed otherwise");
    expect(lastLine(said)).toMatch(/^6 seeds, \d+ orders, 0 violations$/);
  }, 120_000);

  it("shows a planted mistake", async () => {
    await expect(
      run("--seed", "1", "--planted", "no-inbox"),
    ).rejects.toMatchObject({ stdout: expect.stringContaining("I10") });
  }, 120_000);
});

const traceIn = (text: string) => /trace (\w{16})/.exec(text)?.[1];
