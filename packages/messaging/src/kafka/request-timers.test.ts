import {
  mendRequestTimers,
  RequestQueue,
  type Queue,
} from "./request-timers.ts";

/** A request queue without a connection. */
function queue(pending: number, throttledUntil = -1) {
  const checked = Promise.withResolvers<number>();
  const begun = performance.now();
  const made = Object.assign(Object.create(RequestQueue.prototype) as Queue, {
    pending: Array(pending).fill({}),
    throttledUntil,
    throttleCheckTimeoutId: null,
    checkPendingRequests: () => checked.resolve(performance.now() - begun),
  });
  return { made, checked: checked.promise };
}

describe("the timers of kafkajs's request queue", () => {
  const warnings: Error[] = [];
  const heard = (warning: Error) => void warnings.push(warning);
  beforeAll(() => {
    mendRequestTimers();
    process.on("warning", heard);
  });
  afterAll(() => void process.removeListener("warning", heard));

  it("do not run while nothing waits", () => {
    const { made } = queue(0);
    made.scheduleCheckPendingRequests();
    expect(made.throttleCheckTimeoutId).toBeNull();
  });

  it("run soon while requests wait, and never with a negative delay", async () => {
    const { made, checked } = queue(1);
    made.scheduleCheckPendingRequests();
    expect(await checked).toBeGreaterThan(5);
    expect(warnings).toEqual([]);
  });

  it("wait until the broker's throttling is over", async () => {
    const { made, checked } = queue(1, Date.now() + 60);
    made.scheduleCheckPendingRequests();
    expect(await checked).toBeGreaterThan(50);
  });
});
