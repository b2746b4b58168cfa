import type { Tx } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";
import type { SagaInstance } from "./instance.ts";
import { KnownMemories } from "./known-memories.ts";

const run = (change: Partial<SagaInstance> = {}): SagaInstance => ({
  id: newId(),
  ...{ saga: "buy", version: 1, key: "order-1" },
  ...{ status: "running", direction: "forward", step: "reserve" },
  ...{ commandId: null, attempt: 1, sequence: 1, logged: 2 },
  ...{ unwanted: false, reason: null },
  memory: { total: 42 },
  cause: { correlationId: newId() },
  ...change,
});

/** A transaction that is committed when told so. */
function transaction(): { readonly tx: Tx; commit(): void } {
  const callbacks: (() => void)[] = [];
  return {
    tx: {
      query: () => Promise.reject(new Error("Nothing is asked.")),
      afterCommit: (callback) => void callbacks.push(callback),
      send: () => undefined,
      afterGivingUp: () => undefined,
    },
    commit: () => callbacks.forEach((callback) => callback()),
  };
}

const committed = (memories: KnownMemories, ...runs: SagaInstance[]): void => {
  const { tx, commit } = transaction();
  memories.keep(tx, runs);
  commit();
};

describe("the memories that a process knows", () => {
  it("are known once they are committed, not before", () => {
    const memories = new KnownMemories();
    const saved = run();
    const { tx, commit } = transaction();
    memories.keep(tx, [saved]);
    expect(memories.of(saved)).toBeUndefined();
    commit();
    expect(memories.of(saved)).toMatchObject({ memory: { total: 42 } });
  });

  it("are not believed of a run whose log has grown since", () => {
    const memories = new KnownMemories();
    const saved = run();
    committed(memories, saved);
    expect(memories.of({ ...saved, logged: saved.logged + 1 })).toBeUndefined();
  });

  it("are forgotten once the run has ended", () => {
    const memories = new KnownMemories();
    const ended = run({ status: "completed", step: null });
    committed(memories, { ...ended, status: "running" }, ended);
    expect(memories.of(ended)).toBeUndefined();
  });

  it("are bounded: those untouched for longest go first", () => {
    const memories = new KnownMemories();
    const [first, second] = [run(), run()];
    committed(memories, first, second);
    const later = Array.from({ length: 9_998 }, () => run());
    committed(memories, ...later, { ...first, logged: 3 }, run());
    expect(memories.of({ ...first, logged: 3 })).toBeDefined();
    expect(memories.of(second)).toBeUndefined();
  });
});
