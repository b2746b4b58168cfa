import type { Queryable, Transact, Tx } from "@cartwright/database/tx";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { attemptStore } from "./attempt-store.ts";
import type {
  Attempt,
  AttemptWorker,
  AttemptWorkerOptions,
  CallResult,
} from "./attempts.ts";
import { signal } from "./signal.ts";

const idlePoll = seconds(1);
const settleBatch = 500;

type Finished<Request, Outcome> = {
  readonly attempt: Attempt<Request>;
  readonly result: CallResult<Outcome>;
};

/**
 * Makes recorded calls. Those of this process are taken straight from the commit that recorded them;
 * the poll finds what was postponed and what another process left behind when its lease ran out.
 */
export function attemptWorker<Request, Outcome>(
  options: AttemptWorkerOptions<Request, Outcome> & {
    readonly name: string;
    readonly db: Queryable & { readonly transaction: Transact };
    readonly logger: Logger;
  },
): AttemptWorker<Request> {
  const { db, concurrency, timeout } = options;
  const lease = timeout * 3;
  const capacity = concurrency * 16;
  const queue: Attempt<Request>[] = [];
  const finished: Finished<Request, Outcome>[] = [];
  const calling = new Set<Promise<void>>();
  const work = signal();
  const results = signal();
  const loops: Promise<void>[] = [];
  let stopping = false;

  function callNext(): void {
    while (!stopping && calling.size < concurrency) {
      const attempt = queue.shift();
      if (attempt === undefined) return;
      const call = makeCall(options, attempt).then((result) => {
        calling.delete(call);
        finished.push({ attempt, result });
        results.fire();
        callNext();
      });
      calling.add(call);
    }
  }

  async function claimLoop(): Promise<void> {
    while (!stopping) {
      work.reset();
      const free = capacity - queue.length;
      const claimed = free > 0 ? await claimUpTo(free) : [];
      queue.push(...claimed);
      callNext();
      if (claimed.length < free) await work.wait(idlePoll);
    }
  }

  async function claimUpTo(limit: number): Promise<Attempt<Request>[]> {
    try {
      return await attemptStore.claim<Request>(
        db,
        Math.min(limit, settleBatch),
        lease,
      );
    } catch (error) {
      options.logger.warn("attempts cannot be claimed", {
        error: String(error),
      });
      return [];
    }
  }

  async function settleLoop(): Promise<void> {
    while (!stopping || calling.size > 0 || finished.length > 0) {
      results.reset();
      const batch = finished.splice(0, settleBatch);
      if (batch.length === 0) await results.wait(idlePoll);
      else await settleBatchOf(options, batch);
    }
  }

  return {
    name: options.name,
    async record(tx, attempts) {
      if (attempts.length === 0) return;
      const room = queue.length + attempts.length <= capacity && !stopping;
      const rows = attempts.map((attempt) => ({
        ...attempt,
        delay: attempt.delay ?? (room ? lease : 0),
      }));
      const inserted = await attemptStore.insert(tx, rows);
      const mine = attempts.filter(
        ({ id, delay }) => delay === undefined && inserted.has(id),
      );
      tx.afterCommit(() => {
        if (room)
          queue.push(...mine.map((attempt) => ({ ...attempt, calls: 0 })));
        else work.fire();
        callNext();
      });
    },
    async hasten(tx: Tx, subjectIds) {
      await attemptStore.hasten(tx, subjectIds);
      tx.afterCommit(() => work.fire());
    },
    async start() {
      loops.push(claimLoop(), settleLoop());
      await Promise.resolve();
    },
    async stop() {
      stopping = true;
      work.fire();
      results.fire();
      await Promise.all(loops);
    },
  } satisfies AttemptWorker<Request> & Part;
}

async function makeCall<Request, Outcome>(
  { call, timeout }: AttemptWorkerOptions<Request, Outcome>,
  attempt: Attempt<Request>,
): Promise<CallResult<Outcome>> {
  const deadline = AbortSignal.timeout(timeout);
  try {
    return await Promise.race([call(attempt, deadline), rejection(deadline)]);
  } catch (error) {
    return {
      settled: false,
      retryIn: backOff(attempt.calls),
      reason: String(error),
    };
  }
}

/** Rejects when the signal fires: a call that does not heed it must not hold its place for ever. */
const rejection = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), {
      once: true,
    });
  });

/** 0.2 s, doubling to 30 s, less up to half at random. */
const backOff = (calls: number): Duration =>
  Math.min(200 * 2 ** Math.min(calls, 10), seconds(30)) *
  (1 - Math.random() / 2);

async function settleBatchOf<Request, Outcome>(
  options: AttemptWorkerOptions<Request, Outcome> & {
    readonly db: { readonly transaction: Transact };
    readonly logger: Logger;
  },
  batch: readonly Finished<Request, Outcome>[],
): Promise<void> {
  const postponed = batch.flatMap(({ attempt, result }) =>
    result.settled
      ? []
      : [{ id: attempt.id, retryIn: result.retryIn, reason: result.reason }],
  );
  const settled = batch.flatMap(({ attempt, result }) =>
    result.settled ? [{ attempt, outcome: result.outcome }] : [],
  );
  try {
    await options.db.transaction(async (tx) => {
      if (postponed.length > 0) await attemptStore.postpone(tx, postponed);
      if (settled.length === 0) return;
      const removed = await attemptStore.remove(
        tx,
        settled.map(({ attempt }) => attempt.id),
      );
      await options.settle(
        tx,
        settled.filter(({ attempt }) => removed.has(attempt.id)),
      );
    });
  } catch (error) {
    // The rows stay and come due again when their lease ends; then the outcome is looked up.
    options.logger.error("outcomes could not be saved", {
      count: batch.length,
      error: String(error),
    });
    await isolateFailure(options, batch);
  }
}

/** One outcome that cannot be saved must not hold up the others. */
async function isolateFailure<Request, Outcome>(
  options: Parameters<typeof settleBatchOf<Request, Outcome>>[0],
  batch: readonly Finished<Request, Outcome>[],
): Promise<void> {
  if (batch.length === 1) return;
  const middle = Math.ceil(batch.length / 2);
  await settleBatchOf(options, batch.slice(0, middle));
  await settleBatchOf(options, batch.slice(middle));
}
