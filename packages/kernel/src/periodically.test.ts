import { periodically } from "./periodically.ts";

const every = 5;

/** Work that is done when the test says so. */
function aWork() {
  const runs: PromiseWithResolvers<undefined>[] = [];
  const begun = new EventTarget();
  const signals: AbortSignal[] = [];
  return {
    runs,
    signals,
    work(signal: AbortSignal) {
      const run = Promise.withResolvers<undefined>();
      runs.push(run);
      signals.push(signal);
      begun.dispatchEvent(new Event("begun"));
      return run.promise;
    },
    nextBegun: () =>
      new Promise((resolve) => {
        begun.addEventListener("begun", resolve, { once: true });
      }),
  };
}

it("works at the start and again and again, whatever becomes of it", async () => {
  const { runs, work, nextBegun } = aWork();
  const failures: unknown[] = [];
  const part = periodically({
    ...{ name: "tidy", every, work },
    failed: (error) => void failures.push(error),
  });
  await part.start?.();
  expect(runs).toHaveLength(1);
  const failure = new Error("no room");
  runs[0]?.reject(failure);
  await nextBegun();
  expect(failures).toEqual([failure]);
  runs[1]?.resolve(undefined);
  await nextBegun();
  runs[2]?.resolve(undefined);
  await part.stop?.();
  expect(runs).toHaveLength(3);
});

it("never works twice at a time", async () => {
  const { runs, work } = aWork();
  const part = periodically({ name: "tidy", every, work, failed: fail });
  await part.start?.();
  await new Promise((resolve) => setTimeout(resolve, 5 * every));
  expect(runs).toHaveLength(1);
  runs[0]?.resolve(undefined);
  await part.stop?.();
});

it("tells the work in hand to end when it is stopped, and waits for it", async () => {
  const { runs, signals, work } = aWork();
  const part = periodically({ name: "tidy", every, work, failed: fail });
  await part.start?.();
  let isStopped = false;
  const stopped = part.stop?.().then(() => (isStopped = true));
  await new Promise(setImmediate);
  expect(signals[0]?.aborted).toBe(true);
  expect(isStopped).toBe(false);
  runs[0]?.resolve(undefined);
  await stopped;
  expect(isStopped).toBe(true);
});

it("does not start when what must be done before it fails", async () => {
  const { runs, work } = aWork();
  const part = periodically({
    ...{ name: "tidy", every, work, failed: fail },
    before: () => Promise.reject(new Error("no partition")),
  });
  await expect(part.start?.()).rejects.toThrow("no partition");
  expect(runs).toEqual([]);
});

function fail(error: unknown): never {
  throw error;
}
