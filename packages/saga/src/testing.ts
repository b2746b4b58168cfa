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
  expectEnding(
    status: SagaInstance["status"],
    details?: { readonly reason?: string | null; readonly decided?: Decider },
  ): void;
  readonly instance: () => SagaInstance;
};

export function runSaga<Memory, Decider>(
  definition: SagaDefinition<Memory, Decider>,
  memory: Memory,
): Dialogue<Decider> {
  const erased = definition as unknown as SagaDefinition<unknown, Decider>;
  const cause = { correlationId: newId() };
  let turn: Advanced<Decider> = begin(erased, {
    id: newId(),
    key: newId(),
    memory,
    cause,
  });
  let unheard: Outgoing[] = [...turn.messages];
  const decisions = [...turn.decisions];
  const starts = [...turn.starts];
  let lastAnswer: Message | undefined;

  const take = (input: SagaInput): Dialogue<Decider> => {
    turn = advance(erased, turn.instance, input);
    unheard.push(...turn.messages);
    decisions.push(...turn.decisions);
    starts.push(...turn.starts);
    return dialogue;
  };
  const answer = (
    draft: Draft,
    commandId: string | null,
  ): Dialogue<Decider> => {
    lastAnswer = messageOf(draft, turn.instance.key, commandId ?? "");
    return take({ kind: "answer", message: lastAnswer });
  };

  const dialogue: Dialogue<Decider> = {
    expectCommand(draft) {
      const { key } = turn.instance;
      deepStrictEqual(
        unheard.map((message) => message.draft),
        [{ ...draft, key }],
      );
      unheard = [];
      return dialogue;
    },
    expectSilence() {
      deepStrictEqual([unheard, decisions, starts], [[], [], []]);
      return dialogue;
    },
    expectDecision(decider) {
      strictEqual(decisions.shift()?.decider, decider);
      return dialogue;
    },
    expectStart(start) {
      deepStrictEqual(starts.shift(), start);
      return dialogue;
    },
    answers: (draft) => answer(draft, turn.instance.commandId),
    answersAgain: () =>
      take({
        kind: "answer",
        message: lastAnswer ?? messageOf({} as Draft, "", ""),
      }),
    answersLate: answer,
    timesOut: (waited = 0) => take({ kind: "timeout", waited }),
    stops: (reason) => take({ kind: "stop", reason }),
    expectEnding(status, { reason, decided } = {}) {
      deepStrictEqual(unheard, []);
      strictEqual(turn.instance.status, status);
      if (reason !== undefined) strictEqual(turn.instance.reason, reason);
      if (decided !== undefined)
        strictEqual(decisions.at(-1)?.decider, decided);
    },
    instance: () => turn.instance,
  };
  return dialogue;
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
