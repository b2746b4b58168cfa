import type { BusRecord, ReceivedRecord } from "../bus.ts";

/** So many records at most are kept; whoever is further behind finds them in the log. */
const kept = 5_000;

/**
 * What this process has committed and a group can handle before it is in the log: so no order waits
 * for the sequencer, which moves the same records into the log a moment later. There the group meets
 * them again and passes over them; after a failure or a crash it has forgotten them, and its inbox
 * drops what it had handled.
 *
 * Records of one key must not overtake each other. So after a beginning, and after a failure, those
 * of an outbox are handed out only once the first one that was offered has been met in the log:
 * then so have all that were committed before it.
 */
export class AheadOfLog {
  readonly #wants: (topic: string) => boolean;
  /** Offered and not handed out yet, in the order of their commits. */
  readonly #waiting = new Map<string, Offered>();
  /** Handed out, not met in the log yet. */
  readonly #handedOut = new Set<string>();
  /** Per outbox, the record that is to be met first; an outbox without one is trusted once it is listed here. */
  readonly #awaited = new Map<string, string | undefined>();

  constructor(wants: (topic: string) => boolean) {
    this.#wants = wants;
  }

  /** Committed in the outbox of `schema`. True when something of it may be taken. */
  offer(schema: string, records: readonly BusRecord[]): boolean {
    let takeable = false;
    for (const record of records) {
      if (!this.#wants(record.topic)) continue;
      const id = identityOf(record);
      if (!this.#awaited.has(schema)) this.#awaited.set(schema, id);
      this.#waiting.set(id, { schema, record });
      takeable ||= this.#isTrusted(schema);
    }
    if (this.#waiting.size + this.#handedOut.size > 2 * kept) this.forget();
    return takeable;
  }

  /** The first of those that may be taken. */
  next(): BusRecord | undefined {
    for (const { schema, record } of this.#waiting.values())
      if (this.#isTrusted(schema)) return record;
    return undefined;
  }

  /** Up to `limit` records, each once. */
  take(limit: number): ReceivedRecord[] {
    const taken: ReceivedRecord[] = [];
    for (const [id, { schema, record }] of this.#waiting) {
      if (taken.length >= limit) break;
      if (!this.#isTrusted(schema)) continue;
      this.#waiting.delete(id);
      this.#handedOut.add(id);
      taken.push({ ...record, position: `outbox of ${schema}` });
    }
    return taken;
  }

  /** Notes that the log holds the record, and returns whether it was handed out before. */
  met(record: BusRecord): boolean {
    const id = identityOf(record);
    const waiting = this.#waiting.get(id);
    if (waiting !== undefined) {
      this.#waiting.delete(id);
      if (this.#awaited.get(waiting.schema) === id)
        this.#awaited.set(waiting.schema, undefined);
    }
    return this.#handedOut.delete(id);
  }

  /** All of it, and the trust: what was handed out may not have been handled. */
  forget(): void {
    this.#waiting.clear();
    this.#handedOut.clear();
    this.#awaited.clear();
  }

  #isTrusted(schema: string): boolean {
    return this.#awaited.has(schema) && this.#awaited.get(schema) === undefined;
  }
}

type Offered = { readonly schema: string; readonly record: BusRecord };

/** A command that is sent again has the same id. */
const identityOf = ({ headers }: BusRecord): string =>
  `${headers.ce_id}#${headers.ce_attempt ?? ""}`;
