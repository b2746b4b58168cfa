import type { Kernel, Scheduled } from "../kernel.ts";
import type { Positions } from "./broker.ts";

/** A member's share of the partitions, from one sharing out to the next. */
export type Share = {
  readonly generation: number;
  /** What it is to read, from where. */
  readonly positions: Positions;
};

type Member = {
  readonly id: string;
  readonly topics: readonly string[];
  seenAt: number;
  /** Set while it waits for its share. */
  joining: ((share: Share) => void) | undefined;
};

export const sessionTimeout = 10_000;
const rebalanceTimeout = 15_000;

/** The member is not of this generation, or not known at all. */
export class NotAMember extends Error {
  readonly code = "ILLEGAL_GENERATION";
}

/** A consumer group at its coordinator: everybody lets go and joins again whenever somebody comes or goes. */
export class Group {
  readonly name: string;
  readonly committed = new Map<string, number>();
  /** How far members say they are, committed or not. */
  readonly #handled = new Map<string, number>();
  readonly #topics = new Set<string>();
  readonly #kernel: Kernel;
  readonly #partitionsOf: (topic: string) => string[];
  readonly #members = new Map<string, Member>();
  #generation = 0;
  #rebalancing: Scheduled | undefined;

  constructor(
    kernel: Kernel,
    name: string,
    partitionsOf: (topic: string) => string[],
  ) {
    this.#kernel = kernel;
    this.name = name;
    this.#partitionsOf = partitionsOf;
  }

  join(
    id: string,
    topics: readonly string[],
    joined: (share: Share) => void,
  ): void {
    for (const topic of topics) this.#topics.add(topic);
    const known = this.#members.get(id);
    const member = known ?? { id, topics, seenAt: 0, joining: undefined };
    member.joining = joined;
    this.#members.set(id, member);
    if (!known) this.#expire(member);
    this.rebalance();
    this.#completeIfReady();
  }

  leave(id: string): void {
    if (!this.#members.delete(id)) return;
    this.rebalance();
    this.#completeIfReady();
  }

  /** Keeps the membership. True while the group waits for the member to join again. */
  heartbeat(id: string, generation: number): boolean {
    this.#memberOf(id, generation).seenAt = this.#kernel.now();
    return this.#rebalancing !== undefined;
  }

  commit(id: string, generation: number, positions: Positions): void {
    this.#memberOf(id, generation);
    for (const [partition, offset] of positions)
      this.committed.set(partition, offset);
  }

  /** A member has handled the partition up to `offset`; nobody but the simulation is told. */
  noteHandled(partition: string, offset: number): void {
    const before = this.#handled.get(partition) ?? 0;
    this.#handled.set(partition, Math.max(before, offset));
  }

  /** Partitions that no member has handled to their end. */
  behind(end: (partition: string) => number): string[] {
    return [...this.#topics]
      .flatMap((topic) => this.#partitionsOf(topic))
      .filter(
        (partition) => (this.#handled.get(partition) ?? 0) < end(partition),
      );
  }

  /** Shares the partitions out anew among those who join in time. */
  rebalance(): void {
    this.#rebalancing ??= this.#kernel.schedule(rebalanceTimeout, () => {
      for (const member of [...this.#members.values()])
        if (!member.joining) this.#members.delete(member.id);
      this.#shareOut();
    });
  }

  /** An operator has lost the group's offsets: it begins anew. */
  forgetOffsets(): void {
    this.committed.clear();
    this.rebalance();
  }

  #memberOf(id: string, generation: number): Member {
    const member = this.#members.get(id);
    if (!member || generation !== this.#generation)
      throw new NotAMember(`${id} is no member of generation ${generation}.`);
    return member;
  }

  #completeIfReady(): void {
    const members = [...this.#members.values()];
    if (members.length > 0 && members.every(({ joining }) => joining))
      this.#shareOut();
  }

  #shareOut(): void {
    this.#rebalancing?.cancel();
    this.#rebalancing = undefined;
    this.#generation += 1;
    const members = [...this.#members.values()];
    const shares = new Map<Member, Map<string, number>>();
    for (const member of members) shares.set(member, new Map());
    const topics = new Set(members.flatMap((member) => member.topics));
    for (const topic of topics) {
      const takers = members.filter((member) => member.topics.includes(topic));
      this.#partitionsOf(topic).forEach((partition, place) => {
        const taker = takers[(place + this.#generation) % takers.length];
        const from = this.committed.get(partition) ?? 0;
        if (taker) shares.get(taker)?.set(partition, from);
      });
    }
    for (const [member, positions] of shares) {
      member.seenAt = this.#kernel.now();
      member.joining?.({ generation: this.#generation, positions });
      member.joining = undefined;
    }
    this.#kernel.trace.add(
      `${this.#kernel.now()} group ${this.name} generation ${this.#generation} of ${members.map(({ id }) => id).join()}`,
    );
  }

  /** Looks again when the session may be over; whoever waits for its share is not expected to speak. */
  #expire(member: Member): void {
    const idle = member.joining ? 0 : this.#kernel.now() - member.seenAt;
    this.#kernel.schedule(Math.max(1, sessionTimeout - idle), () => {
      if (this.#members.get(member.id) !== member) return;
      const silent = this.#kernel.now() - member.seenAt >= sessionTimeout;
      if (silent && !member.joining) this.leave(member.id);
      else this.#expire(member);
    });
  }
}
