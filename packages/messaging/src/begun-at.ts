import { minutes } from "@cartwright/kernel/duration";
import { isUuid7, madeAt } from "@cartwright/kernel/ids";
import type { BusRecord, SubscribeOptions } from "./bus.ts";

/** Nothing goes before what began a minute ago by saying that it began earlier: clients may choose their ids. */
const atMost = minutes(1);

/**
 * When that began, in milliseconds since 1970, of which a message is a part: the id that all its messages have in common tells
 * it, where that is a UUIDv7. Anything else begins now.
 */
export function begunAt(correlationId: string | undefined): number {
  const now = Date.now();
  const tells = correlationId !== undefined && isUuid7(correlationId);
  const time = tells ? madeAt(correlationId) : now;
  return Math.max(now - atMost, Math.min(time, now));
}

/** The same of the next batch of a group, by its first record. Nobody waits for a group that gathers: its batches begin now. */
export const batchBegunAt = (
  { gather }: Pick<SubscribeOptions, "gather">,
  first: BusRecord | undefined,
): number =>
  begunAt(gather === undefined ? first?.headers.ce_correlationid : undefined);
