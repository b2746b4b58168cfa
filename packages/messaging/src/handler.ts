import { contractOf } from "@cartwright/contracts/catalogue";
import type { Contract, MessageOf } from "@cartwright/contracts/define";
import type { Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";

/**
 * What a consumer does with the new messages of one batch, inside the batch's transaction: load many
 * (locked, in sorted order), fold a pure decider over the messages in the order given, save many.
 * The messages are parsed, unseen before, in sequence, and of the contracts named.
 */
export type BatchHandler = {
  readonly contracts: readonly Contract[];
  /**
   * The outcome is the same in whatever order the messages come: no sequence is kept for it, and
   * nothing waits for a message that is missing. Duplicates are dropped all the same.
   */
  readonly inAnyOrder?: boolean;
  /** It hears also the events on its topics that only a newer release knows, as they came: their data is unchecked. */
  readonly newerEvents?: boolean;
  /**
   * It keeps what it hears, and so knows what it has heard: it is asked in place of the inbox, and no row is
   * written there. It stands alone in its consumer, and has room for whatever can be read: what it does
   * not take could be neither handled nor given up.
   */
  readonly remember?: Remember;
  handle(tx: Tx, messages: readonly Message[]): Promise<void> | void;
};

/**
 * Records the messages as handled and returns those that were not before, each once, in the order given. In
 * the transaction of their effect: either both happen or neither.
 */
export type Remember = (
  tx: Tx,
  messages: readonly Message[],
) => Promise<ReadonlySet<Message>>;

/** Types `handle` by the contracts: its messages are a union, discriminated by `type`; per subject they come in order. */
export function on<const Contracts extends readonly Contract[]>(
  contracts: Contracts,
  handle: (
    tx: Tx,
    messages: readonly MessageOf<Contracts[number]>[],
  ) => Promise<void> | void,
): BatchHandler {
  return { contracts, handle };
}

/** As `on`, for a handler that does not mind the order its messages come in. */
export const inAnyOrder = <const Contracts extends readonly Contract[]>(
  ...[contracts, handle]: Parameters<typeof on<Contracts>>
): BatchHandler => ({ ...on(contracts, handle), inAnyOrder: true });

/** What these handlers handle. */
export const contractsOf = (handlers: readonly BatchHandler[]): Contract[] =>
  handlers.flatMap(({ contracts }) => contracts);

/** A set of message types; which events a newer release may know cannot be listed. */
export type Types = Pick<ReadonlySet<string>, "has">;

/** What these handlers hear. */
export function typesOf(handlers: readonly BatchHandler[]): Types {
  const known = new Set(contractsOf(handlers).map(({ type }) => type));
  const withNewer = handlers.some(({ newerEvents }) => newerEvents);
  return withNewer
    ? { has: (type) => known.has(type) || contractOf(type) === undefined }
    : known;
}
