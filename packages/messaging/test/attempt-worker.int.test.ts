import { seconds } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import { noTurns, turns } from "@cartwright/kernel/turns";
import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { attemptWorker } from "../src/attempt-worker.ts";
import type { Attempt, CallResult } from "../src/attempts.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await testDatabase("payment");
});
afterEach(() => database.stop());

type Call = (attempt: Attempt<string>) => Promise<CallResult<string>>;

function aWorker(call: Call, timeout = seconds(1), turn = noTurns) {
  const settled: string[] = [];
  const batches: number[] = [];
  /** How often somebody has tried to save something since it began; undefined when there is none. */
  const outage: { tries: number | undefined } = { tries: undefined };
  const worker = attemptWorker<string, string>({
    name: "test calls",
    db: { ...database.db, turn },
    logger: silentLogger,
    call,
    settle: async (tx, outcomes) => {
      await tx.query("SELECT 1");
      if (outcomes.some(({ outcome }) => outcome === "locked"))
        throw Object.assign(new Error("lock timeout"), { code: "55P03" });
      if (outage.tries !== undefined) {
        outage.tries += 1;
        throw Object.assign(new Error("shutting down"), { code: "57P01" });
      }
      batches.push(outcomes.length);
      settled.push(...outcomes.map(({ outcome }) => outcome));
    },
    concurrency: 4,
    timeout,
  });
  const record = (...requests: string[]) =>
    database.db.transaction((tx) =>
      worker.record(
        tx,
        requests.map((request) => ({
          id: newId(),
          kind: "test",
          subjectId: "s",
          request,
          cause: { correlationId: "c" },
        })),
      ),
    );
  return { worker, record, settled, batches, outage };
}

/** As often as one transaction is run again by itself. */
const triesOfOne = 6;

const echo: Call = ({ request }) =>
  Promise.resolve({ settled: true, outcome: request });

const waiting = () => database.db.query("SELECT FROM attempts");
const due = () =>
  database.db.query("SELECT FROM attempts WHERE due_at <= now()");

it("calls after the commit, and removes what is settled with its outcome", async () => {
  const { worker, record, settled } = aWorker(echo);
  await worker.start?.();
  await record("a", "b", "c");
  await eventually(() => expect(settled.sort()).toEqual(["a", "b", "c"]));
  await eventually(async () => expect(await waiting()).toEqual([]));
  await worker.stop?.();
});

it("saves together what has finished when its turn comes", async () => {
  const turn = turns(1);
  const { promise: held, resolve: release } =
    Promise.withResolvers<undefined>();
  const others = turn(0, () => held);
  let calls = 0;
  const { worker, record, settled, batches } = aWorker(
    (attempt) => {
      calls += 1;
      return echo(attempt);
    },
    seconds(1),
    turn,
  );
  await worker.start?.();
  await record("a");
  await eventually(() => expect(calls).toBe(1));
  await record("b", "c");
  await eventually(() => expect(calls).toBe(3));
  release(undefined);
  await others;
  await eventually(() => expect(settled.sort()).toEqual(["a", "b", "c"]));
  expect(batches).toEqual([3]);
  await worker.stop?.();
});

it("never calls for a transaction that was rolled back", async () => {
  const calls: string[] = [];
  const { worker, record } = aWorker((attempt) => {
    calls.push(attempt.request);
    return echo(attempt);
  });
  await worker.start?.();
  await expect(
    database.db.transaction(async (tx) => {
      worker.record(tx, [
        {
          id: newId(),
          kind: "test",
          subjectId: "s",
          request: "never",
          cause: { correlationId: "c" },
        },
      ]);
      throw new Error("changed my mind");
    }),
  ).rejects.toThrow("changed my mind");
  await record("yes");
  await eventually(() => expect(calls).toEqual(["yes"]));
  await worker.stop?.();
});

it("saves many outcomes in one transaction", async () => {
  const { worker, record, settled, batches } = aWorker(echo);
  await worker.start?.();
  await record(...Array.from({ length: 40 }, (_, n) => String(n)));
  await eventually(() => expect(settled).toHaveLength(40));
  expect(batches.length).toBeLessThan(40);
  await worker.stop?.();
});

it("knows on the second try that the first may have happened", async () => {
  const calls: number[] = [];
  const { worker, record, settled } = aWorker((attempt) => {
    calls.push(attempt.calls);
    return attempt.calls === 0
      ? Promise.reject(new Error("no answer"))
      : echo(attempt);
  });
  await worker.start?.();
  await record("a");
  await eventually(() => expect(settled).toEqual(["a"]));
  expect(calls[0]).toBe(0);
  expect(calls[1]).toBeGreaterThan(0);
  await worker.stop?.();
});

it("takes over what a dead process left behind when its lease runs out", async () => {
  const dead = aWorker(() => new Promise(() => undefined));
  await dead.worker.start?.();
  await dead.record("orphan");
  await database.db.query("UPDATE attempts SET due_at = now()");
  const heir = aWorker(({ request, calls }) =>
    Promise.resolve({ settled: true, outcome: `${request} ${calls > 0}` }),
  );
  await heir.worker.start?.();
  await eventually(() => expect(heir.settled).toEqual(["orphan true"]));
  await heir.worker.stop?.();
  await dead.worker.stop?.();
});

it("makes a waiting attempt due at once when asked to", async () => {
  let answered = false;
  const { worker, record, settled } = aWorker((attempt) =>
    answered
      ? echo(attempt)
      : Promise.resolve({
          settled: false,
          retryIn: seconds(60),
          reason: "pending",
        }),
  );
  await worker.start?.();
  await record("a");
  await eventually(async () =>
    expect(
      await database.db.query(
        "SELECT FROM attempts WHERE last_failure IS NOT NULL",
      ),
    ).toHaveLength(1),
  );
  answered = true;
  await database.db.transaction((tx) => worker.hasten(tx, ["s"]));
  await eventually(() => expect(settled).toEqual(["a"]));
  await worker.stop?.();
});

it("goes on living when more calls are asked for than fit into its memory", async () => {
  const { promise: answered, resolve: answer } =
    Promise.withResolvers<undefined>();
  const repeated: string[] = [];
  const { worker, record, settled } = aWorker(async (attempt) => {
    if (attempt.calls > 0) repeated.push(attempt.request);
    await answered;
    return echo(attempt);
  }, seconds(30));
  await worker.start?.();
  const requests = Array.from({ length: 50 }, (_, n) => String(n));
  await record(...requests);
  await record(...requests);
  expect(await due()).toHaveLength(50);
  answer(undefined);
  await eventually(() => expect(settled).toHaveLength(100));
  // What only waited was not called before: nobody need be asked what became of it.
  expect(repeated).toEqual([]);
  await worker.stop?.();
});

it("calls once what it had to keep waiting for longer than its lease", async () => {
  const calls: string[] = [];
  const { promise: answered, resolve: answer } =
    Promise.withResolvers<undefined>();
  const { worker, record, settled } = aWorker(async (attempt) => {
    calls.push(attempt.request);
    await answered;
    return echo(attempt);
  }, seconds(30));
  await worker.start?.();
  await record("1", "2", "3", "4");
  await record("waits");
  await database.db.query("UPDATE attempts SET due_at = now()");
  await eventually(async () => expect(await due()).toEqual([]));
  answer(undefined);
  await eventually(() => expect(settled).toContain("waits"));
  expect(calls.filter((request) => request === "waits")).toHaveLength(1);
  await eventually(async () => expect(await waiting()).toEqual([]));
  expect(settled.sort()).toEqual(["1", "2", "3", "4", "waits"]);
  await worker.stop?.();
});

it("keeps what the database does not take, and saves it when the database is back", async () => {
  const { worker, record, settled, outage } = aWorker(echo, seconds(30));
  await worker.start?.();
  outage.tries = 0;
  await record("1", "2", "3", "4");
  await eventually(() => expect(outage.tries).toBeGreaterThan(triesOfOne));
  outage.tries = undefined;
  await eventually(() => expect(settled.sort()).toEqual(["1", "2", "3", "4"]));
  expect(await waiting()).toEqual([]);
  await worker.stop?.();
});

it("does not let an outcome that meets a lock hold up the others", async () => {
  const { worker, record, settled } = aWorker(echo, seconds(30));
  await worker.start?.();
  await record("1", "locked", "2", "3");
  await eventually(() => expect(settled.sort()).toEqual(["1", "2", "3"]), {
    within: seconds(20),
  });
  expect(await waiting()).toHaveLength(1);
  await worker.stop?.();
}, 30_000);
