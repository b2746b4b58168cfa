import { deepStrictEqual, strictEqual } from "node:assert";
import type { Draft, Message } from "@cartwright/contracts/message";
import type { Duration } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import type { Outgoing } from "@cartwright/messaging/outbox";
import { advance, begin, type Advanced, type SagaInput } from "./advance.ts";
import type { SagaDefinition, SagaStart } from "./define-saga.ts";
import type { SagaInstance } from "./instance.ts";

/** A saga's run as a dialogue: what it says is expected, what it hears is given. */
export type Dialogue<Decider> = {
  /** The saga has sent exactly this command since the last line. */
  expectCommand(draft: Draft): Dialogue<Decider>;
  /** It has sent nothing and decided nothing since the last line. */
  expectSilence(): Dialogue<Decider>;
  /** It has had this decided locally since the last line. */
  expectDecision(decider: Decider): Dialogue<Decider>;
  /** It has started this saga since the last line. */
  expectStart(start: SagaStart): Dialogue<Decider>;
  /** Answers the command in hand. */
  answers(draft: Draft): Dialogue<Decider>;
  /** Gives the same message once more, as a broker may. */
  answersAgain(): Dialogue<Decider>;
  /** An answer to the command of another step or time. */
  answersLate(draft: Draft, commandId: string): Dialogue<Decider>;
  /** The deadline passes; `waited` since the step began. */
  timesOut(waited?: Duration): Dialogue<Decider>;
  stops(reason: string): Dialogue<Decider>;
  expectEnding(status: SagaInstance["status"], details?: Ending<Decider>): void;
  readonly instance: () => SagaInstance;
};

type Ending<Decider> = {
  readonly reason?: string | null;
  readonly decided?: Decider;
};

export function runSaga<Memory, Decider>(
  definition: SagaDefinition<Memory, Decider>,
  memory: Memory,
): Dialogue<Decider> {
  const erased = definition as unknown as SagaDefinition<unknown, Decider>;
  const cause = { correlationId: newId() };
  const turn = begin(erased, { id: newId(), key: newId(), memory, cause });
  const run: Run<Decider> = {
    definition: erased,
    turn,
    messages: [...turn.messages],
    decisions: [...turn.decisions],
    starts: [...turn.starts],
    lastAnswer: undefined,
  };
  const dialogue: Dialogue<Decider> = {
    ...expectations(run, () => dialogue),
    ...inputs(run, () => dialogue),
    instance: () => run.turn.instance,
  };
  return dialogue;
}

/** The saga as it is now, and what it has said that nobody has expected yet. */
type Run<Decider> = {
  readonly definition: SagaDefinition<unknown, Decider>;
  turn: Advanced<Decider>;
  messages: Outgoing[];
  readonly decisions: Advanced<Decider>["decisions"][number][];
  readonly starts: SagaStart[];
  lastAnswer: Message | undefined;
};

const expectations = <Decider>(
  run: Run<Decider>,
  next: () => Dialogue<Decider>,
) => ({
  expectCommand(draft: Draft) {
    const { key } = run.turn.instance;
    const drafts = run.messages.map((message) => message.draft);
    deepStrictEqual(drafts, [{ ...draft, key }]);
    run.messages = [];
    return next();
  },
  expectSilence() {
    const { messages, decisions, starts } = run;
    deepStrictEqual([messages, decisions, starts], [[], [], []]);
    return next();
  },
  expectDecision(decider: Decider) {
    strictEqual(run.decisions.shift()?.decider, decider);
    return next();
  },
  expectStart(start: SagaStart) {
    deepStrictEqual(run.starts.shift(), start);
    return next();
  },
  expectEnding(
    status: SagaInstance["status"],
    { reason, decided }: Ending<Decider> = {},
  ) {
    const { instance } = run.turn;
    deepStrictEqual(run.messages, []);
    strictEqual(instance.status, status);
    if (reason !== undefined) strictEqual(instance.reason, reason);
    if (decided !== undefined)
      strictEqual(run.decisions.at(-1)?.decider, decided);
  },
});

function inputs<Decider>(run: Run<Decider>, next: () => Dialogue<Decider>) {
  const take = (input: SagaInput) => {
    run.turn = advance(run.definition, run.turn.instance, input);
    run.messages.push(...run.turn.messages);
    run.decisions.push(...run.turn.decisions);
    run.starts.push(...run.turn.starts);
    return next();
  };
  const answer = (draft: Draft, commandId: string | null) => {
    const { key } = run.turn.instance;
    const message = messageOf(draft, key, commandId ?? "");
    run.lastAnswer = message;
    return take({ kind: "answer", message });
  };
  return {
    answers: (draft: Draft) => answer(draft, run.turn.instance.commandId),
    answersAgain() {
      if (!run.lastAnswer) throw new Error("There was no answer yet.");
      return take({ kind: "answer", message: run.lastAnswer });
    },
    answersLate: answer,
    timesOut: (waited = 0) => take({ kind: "timeout", waited }),
    stops: (reason: string) => take({ kind: "stop", reason }),
  };
}

const messageOf = (draft: Draft, key: string, commandId: string): Message => ({
  ...draft,
  key,
  id: newId(),
  source: "test",
  time: new Date(0).toISOString(),
  sequence: 1,
  correlationId: "test",
  commandId,
});
