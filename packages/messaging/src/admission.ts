import { undoneBy } from "./undone-by.ts";
import type { Message } from "@cartwright/contracts/message";
import type { ReceivedRecord } from "./bus.ts";
import type { ParkedRecord, ParkReason } from "./parked.ts";
import type { Types } from "./handler.ts";
import type { Decoded } from "./wire.ts";

/** What is known when a batch asks for admission. */
export type AdmissionState = {
  /** Messages the inbox had not seen; others are duplicates. */
  readonly unseen: ReadonlySet<Message>;
  /** Message types somebody here handles; of others only the sequence counts. */
  readonly handled: Types;
  readonly parkedKeys: ReadonlyMap<string, ParkReason>;
  /** What waits under the parked keys of commands that undo; an undo may overtake what it takes back. */
  readonly parkedTypes: ReadonlyMap<string, readonly string[]>;
  /** Unreadable ones that an operator has given up. */
  readonly discarded: ReadonlySet<ReceivedRecord>;
  /** Whether the messages of this subject are held to their sequence. */
  readonly isSequenced: (message: Message) => boolean;
  readonly lasts: ReadonlyMap<string, number>;
  /** Those before which more of their key waits than is at hand: a command stays behind it. */
  readonly behindOthers: ReadonlySet<Message>;
  /** A subject first met above 1 is believed only if the message is older than the consumer itself. */
  readonly consumerBeganAt: number;
};

export type Admission = {
  /** To be handled now, per key in order. */
  readonly admitted: readonly Message[];
  /** To be set aside. */
  readonly parked: readonly ParkedRecord[];
  /** New last sequence numbers. */
  readonly lasts: ReadonlyMap<string, number>;
};

type Item = { readonly message: Message; readonly record: ReceivedRecord };

/**
 * Decides for each record of a batch: handle it, drop it (seen, older than what was seen, or discarded), or set
 * it aside (unreadable; its key is parked; a message before it is missing). What fills a gap lets
 * those go that had waited for it.
 */
export function admit(
  records: readonly Decoded[],
  state: AdmissionState,
): Admission {
  const gate = new Gate(state);
  for (const decoded of records) gate.pass(decoded);
  return gate.result();
}

class Gate {
  readonly #state: AdmissionState;
  readonly #admitted: Message[] = [];
  readonly #parked: ParkedRecord[] = [];
  readonly #lasts = new Map<string, number>();
  /** Keys that only an operator lets go. */
  readonly #blocked: Set<string>;
  /** Per key, in order, what a missing message holds back. */
  readonly #waiting = new Map<string, Item[]>();

  constructor(state: AdmissionState) {
    this.#state = state;
    this.#blocked = new Set(
      [...state.parkedKeys]
        .filter(([, reason]) => reason !== "sequence-gap")
        .map(([key]) => key),
    );
  }

  pass(decoded: Decoded): void {
    const { record } = decoded;
    if ("unreadable" in decoded) {
      if (this.#state.discarded.has(record)) return;
      this.#parked.push({ record, ...decoded.unreadable });
      if (record.key !== "") this.#blocked.add(record.key);
    } else if (this.#isDuplicate(decoded.message)) {
      return;
    } else if (this.#blocked.has(record.key) && !this.#overtakes(decoded)) {
      this.#parked.push({ record, reason: "key-parked", detail: "" });
    } else if (this.#mustWait(decoded)) {
      this.#waiting.set(record.key, [
        ...(this.#waiting.get(record.key) ?? []),
        decoded,
      ]);
    } else {
      this.#accept(decoded.message);
      this.#letGo(record.key);
    }
  }

  result(): Admission {
    const held = [...this.#waiting.values()]
      .flat()
      .map(({ record, message }) => ({
        record,
        reason: "sequence-gap" as const,
        detail: `${message.subject} #${message.sequence} came too early`,
      }));
    return {
      admitted: this.#admitted,
      parked: [...this.#parked, ...held],
      lasts: this.#lasts,
    };
  }

  #lastOf(subject: string): number | undefined {
    return this.#lasts.get(subject) ?? this.#state.lasts.get(subject);
  }

  #isStale(message: Message): boolean {
    return (
      this.#state.isSequenced(message) &&
      message.sequence <= (this.#lastOf(message.subject) ?? 0)
    );
  }

  #isDuplicate(message: Message): boolean {
    if (this.#isStale(message)) return true;
    return (
      this.#state.handled.has(message.type) && !this.#state.unseen.has(message)
    );
  }

  #comesTooEarly(message: Message): boolean {
    const last = this.#lastOf(message.subject);
    if (last !== undefined) return message.sequence > last + 1;
    return (
      message.sequence > 1 &&
      Date.parse(message.time) >= this.#state.consumerBeganAt
    );
  }

  /** It leaves the tombstone by which what it has overtaken is refused. */
  #overtakes({ message, record }: Item): boolean {
    const undone = undoneBy(message.type);
    if (undone.size === 0) return false;
    const before = this.#state.parkedTypes.get(record.key) ?? [];
    const justNow = this.#parked
      .filter((parked) => parked.record.key === record.key)
      .map((parked) => parked.record.headers.ce_type ?? "");
    return [...before, ...justNow].every((type) => undone.has(type));
  }

  /** A command has no sequence to be checked, but stays behind what its key already waits for. */
  #mustWait({ message, record }: Item): boolean {
    return this.#state.isSequenced(message)
      ? this.#comesTooEarly(message)
      : isCommand(message) &&
          (this.#waiting.has(record.key) ||
            this.#state.behindOthers.has(message));
  }

  #accept(message: Message): void {
    if (this.#state.isSequenced(message))
      this.#lasts.set(message.subject, message.sequence);
    if (this.#state.handled.has(message.type)) this.#admitted.push(message);
  }

  #letGo(key: string): void {
    const items = this.#waiting.get(key);
    if (items === undefined) return;
    for (;;) {
      const next = items.findIndex(({ message }, index) =>
        this.#state.isSequenced(message)
          ? !this.#comesTooEarly(message)
          : index === 0 && !this.#state.behindOthers.has(message),
      );
      const [item] = next < 0 ? [] : items.splice(next, 1);
      if (item === undefined) break;
      if (!this.#isStale(item.message)) this.#accept(item.message);
    }
    if (items.length === 0) this.#waiting.delete(key);
  }
}

const isCommand = ({ attempt }: Message): boolean => attempt !== undefined;
