import type { Message } from "@cartwright/contracts/message";
import { days, minutes } from "@cartwright/kernel/duration";
import { newId } from "@cartwright/kernel/ids";
import type { Outgoing } from "@cartwright/messaging/outbox";
import {
  advance,
  begin,
  type Advanced,
  type SagaInput,
} from "@cartwright/saga/advance";
import { answersTo } from "@cartwright/saga/command";
import type { SagaDefinition } from "@cartwright/saga/define-saga";
import type { Decider, Purchase } from "./a-purchase.ts";

/** What can befall an instance, whatever state it is in. */
export const happenings = [
  "yes",
  "no",
  "again",
  "late",
  "silence",
  "a day of silence",
  "stop",
] as const;
export type Happening = (typeof happenings)[number];

const message = (type: string, commandId: string): Message => ({
  ...{ type, commandId, id: newId(), key: "", subject: "", source: "" },
  ...{ topic: "order-events", time: "", sequence: 1, correlationId: "" },
  data: { code: "no" },
});

/** The yes or no to a command, as its participant would say it; undos without a refusal never say no. */
function answerTo(command: Outgoing | undefined, isYes: boolean): Message {
  const { done = "", refused = done } = command ? answersTo(command.draft) : {};
  return message(isYes ? done : refused, command?.id ?? "none");
}

/** A saga and the world that answers it. */
export function play(declared: Purchase) {
  const saga = declared as unknown as SagaDefinition<unknown, Decider>;
  let turn: Advanced<Decider> = begin(saga, {
    ...{ id: newId(), key: newId(), memory: { orderId: newId() } },
    cause: { correlationId: newId() },
  });
  let lastAnswer = message("none", "none");
  const turns = [turn];
  const sent: Outgoing[] = [...turn.messages];
  const inHand = () =>
    sent.findLast(({ id }) => id === turn.instance.commandId);

  function inputOf(happening: Happening): SagaInput {
    switch (happening) {
      case "yes":
      case "no":
        lastAnswer = answerTo(inHand(), happening === "yes");
        return { kind: "answer", message: lastAnswer };
      case "again":
        return { kind: "answer", message: lastAnswer };
      case "late":
        return { kind: "answer", message: answerTo(sent[0], true) };
      case "silence":
        return { kind: "timeout", waited: minutes(1) };
      case "a day of silence":
        return { kind: "timeout", waited: days(1) };
      case "stop":
        return { kind: "stop", reason: "unwanted" };
    }
  }
  function give(input: SagaInput) {
    const before = turn.instance;
    turn = advance(saga, before, input);
    turns.push(turn);
    sent.push(...turn.messages);
    return { before, turn };
  }

  return {
    give,
    befall: (happening: Happening) => give(inputOf(happening)),
    /** As the timer leaves a run whose turn fails. */
    setAside() {
      const { reason } = turn.instance;
      turn = {
        ...turn,
        instance: {
          ...turn.instance,
          ...{ status: "stuck", reason: reason ?? "turn-failed" },
        },
      };
    },
    instance: () => turn.instance,
    sent,
    log: () => turns.flatMap(({ log }) => log),
    decisions: () => turns.flatMap(({ decisions }) => decisions),
    starts: () => turns.flatMap(({ starts }) => starts),
  };
}

export type Play = ReturnType<typeof play>;
