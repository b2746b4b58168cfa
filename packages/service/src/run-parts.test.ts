import type { Part } from "@cartwright/kernel/part";
import { silentLogger } from "@cartwright/observability/logger";
import { startParts } from "./run-parts.ts";

function recording(
  name: string,
  log: string[],
  more: Partial<Part> = {},
): Part {
  return {
    name,
    start: () => Promise.resolve(void log.push(`${name} starts`)),
    stop: () => Promise.resolve(void log.push(`${name} stops`)),
    ...more,
  };
}

describe("the parts of a process", () => {
  it("start in order and stop in reverse", async () => {
    const log: string[] = [];
    const running = await startParts(
      [recording("db", log), recording("http", log)],
      silentLogger,
    );
    await running.stop();
    expect(log).toEqual(["db starts", "http starts", "http stops", "db stops"]);
  });

  it("that have started are stopped when one cannot start", async () => {
    const log: string[] = [];
    const start = () => Promise.reject(new Error("port taken"));
    const parts = [recording("db", log), recording("http", log, { start })];
    await expect(startParts(parts, silentLogger)).rejects.toThrow("port taken");
    expect(log).toEqual(["db starts", "db stops"]);
  });

  it("are all told to stop, even after one that fails to", async () => {
    const log: string[] = [];
    const stop = () => Promise.reject(new Error("stuck"));
    const parts = [recording("db", log), recording("http", log, { stop })];
    await (await startParts(parts, silentLogger)).stop();
    expect(log).toEqual(["db starts", "http starts", "db stops"]);
  });

  it("are stopped again when the process is asked to end while they start", async () => {
    const log: string[] = [];
    const asked = new AbortController();
    const start = async () => {
      await Promise.resolve();
      asked.abort();
    };
    const parts = [recording("db", log, { start }), recording("http", log)];
    await expect(
      startParts(parts, silentLogger, { signal: asked.signal }),
    ).rejects.toThrow();
    expect(log).toEqual(["db stops"]);
  });
});
