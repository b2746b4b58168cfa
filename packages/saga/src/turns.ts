import { channel } from "node:diagnostics_channel";
import type { Advanced, SagaInput } from "./advance.ts";

/** What an instance took and what came of it; `input` is undefined where it begins. */
export type PublishedTurn = {
  readonly input: SagaInput | undefined;
  readonly turn: Advanced;
};

/** Whoever wants to follow runs as they happen subscribes here; a turn may yet be rolled back and taken again. */
export const turns = channel("cartwright.saga.turn");

/** Costs nothing when nobody listens. */
export function publishTurn(
  input: SagaInput | undefined,
  turn: Advanced,
): void {
  if (turns.hasSubscribers)
    turns.publish({ input, turn } satisfies PublishedTurn);
}
