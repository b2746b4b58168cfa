import type { Message } from "@cartwright/contracts/message";
import { orderCompleted } from "@cartwright/contracts/order";
import type { Tx } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";
import { newTraceparent } from "@cartwright/observability/trace-context";
import { metricsAsText } from "@cartwright/observability/scrape";
import { measuredHandler } from "./measured-handler.ts";

/** A transaction that ends as it is told, and tells those who wait for that. */
function aTransaction() {
  const told = { committed: [] as (() => void)[], up: [] as (() => void)[] };
  const tx: Tx = {
    send: () => undefined,
    query: async () => [],
    afterCommit: (callback) => void told.committed.push(callback),
    afterGivingUp: (callback) => void told.up.push(callback),
  };
  return {
    tx,
    commit: () => told.committed.forEach((callback) => callback()),
    giveUp: () => told.up.forEach((callback) => callback()),
  };
}

const aMessage = (traceparent: string): Message => ({
  ...orderCompleted({
    ...{ orderId: newId(), customerId: newId() },
    completedAt: new Date().toISOString(),
  }),
  ...{ id: newId(), source: "order", time: new Date().toISOString() },
  ...{ sequence: 1, correlationId: "flow", traceparent },
});

/** The traces that the durations of this service's handlers lead to. */
async function tracesOf(service: string): Promise<(string | undefined)[]> {
  const lines = (await metricsAsText()).split("\n");
  return lines
    .filter((line) => line.startsWith("cartwright_handler_duration_seconds"))
    .filter((line) => line.includes(`service="${service}"`))
    .flatMap((line) => /# {trace_id="(\w+)"}/.exec(line)?.[1] ?? []);
}

it.each([
  ["handled", async () => undefined],
  ["failed", () => Promise.reject(new TypeError("no"))],
])(
  "leads from a batch that is %s to a trace that is recorded",
  async (outcome, handle) => {
    const service = `with-${outcome}`;
    const handler = { contracts: [orderCompleted], handle };
    const traceId = newId().replaceAll("-", "");
    const { tx, commit, giveUp } = aTransaction();
    const handled = async () =>
      measuredHandler(service, handler).handle(tx, [
        aMessage(newTraceparent()),
        aMessage(`00-${traceId}-${"b".repeat(16)}-01`),
      ]);
    await handled().then(commit, giveUp);
    expect(await tracesOf(service)).toEqual([traceId]);
  },
);

it("leads nowhere when none of its messages' traces is recorded", async () => {
  const handler = {
    contracts: [orderCompleted],
    handle: async () => undefined,
  };
  const { tx, commit } = aTransaction();
  await measuredHandler("unsampled", handler).handle(tx, [
    aMessage(newTraceparent()),
  ]);
  commit();
  expect(await tracesOf("unsampled")).toEqual([]);
});

/** How often this service's handlers are said to have come to what. */
async function outcomesOf(service: string): Promise<string[]> {
  return (await metricsAsText())
    .split("\n")
    .filter((line) =>
      line.startsWith("cartwright_handler_duration_seconds_count"),
    )
    .filter((line) => line.includes(`service="${service}"`))
    .map((line) => /outcome="(\w+)".*} (\d+)/.exec(line)?.slice(1).join(" "))
    .map((outcome) => outcome ?? "");
}

it("counts nothing of a transaction that is run again, until its last try has ended", async () => {
  const [refusing, healed] = [aTransaction(), aTransaction()];
  let tries = 0;
  const handler = measuredHandler("run-again", {
    contracts: [orderCompleted],
    handle: () =>
      (tries += 1) === 1
        ? Promise.reject(new Error("a row was there"))
        : Promise.resolve(),
  });
  const message = aMessage(newTraceparent());
  await expect(handler.handle(refusing.tx, [message])).rejects.toThrow();
  await handler.handle(healed.tx, [message]);
  expect(await outcomesOf("run-again")).toEqual([]);
  healed.commit();
  expect(await outcomesOf("run-again")).toEqual(["handled 1"]);
});

it("blames the handler whose write fails when it has returned, and not one whose write was lost with it", async () => {
  const { tx, giveUp } = aTransaction();
  const codes = ["23505", "25P02", "08006"];
  const refusing: Tx = {
    ...tx,
    query: () =>
      Promise.reject(Object.assign(new Error("no"), { code: codes.shift() })),
  };
  const writes = {
    contracts: [orderCompleted],
    handle: ({ send }: Tx) => send("INSERT"),
  };
  for (const service of ["guilty", "guiltless", "cut-off"])
    await measuredHandler(service, writes).handle(refusing, [
      aMessage(newTraceparent()),
    ]);
  giveUp();
  expect(await outcomesOf("guilty")).toEqual(["failed 1"]);
  expect(await outcomesOf("guiltless")).toEqual([]);
  expect(await outcomesOf("cut-off")).toEqual([]);
});

it("does not blame a handler for one that fails after it, and blames one that never returns", async () => {
  const innocent = aTransaction();
  const returns = {
    contracts: [orderCompleted],
    handle: async () => undefined,
  };
  await measuredHandler("innocent", returns).handle(innocent.tx, [
    aMessage(newTraceparent()),
  ]);
  innocent.giveUp();
  expect(await outcomesOf("innocent")).toEqual([]);

  const endless = aTransaction();
  const never = {
    contracts: [orderCompleted],
    handle: () => Promise.withResolvers<undefined>().promise,
  };
  void measuredHandler("endless", never).handle(endless.tx, [
    aMessage(newTraceparent()),
  ]);
  endless.giveUp();
  expect(await outcomesOf("endless")).toEqual(["failed 1"]);
});
