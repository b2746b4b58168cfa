import type { Queryable } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import type { Lease } from "../lease.ts";
import { OutboxFloor, type Sight } from "../outbox-floor.ts";
import { outboxRows, type Exchange, type Reading } from "./outbox-rows.ts";

/**
 * From where a relay reads on, and past which subjects. Under a new lease and once in `period` it begins at the first
 * row again; only then are subjects believed to be free that an operator has freed, since their rows lie below the
 * floor: read from there, later ones would overtake them.
 */
export class ReadingPlace {
  readonly #db: Queryable;
  readonly #period: Duration;
  readonly #blocked = new Set<string>();
  readonly #floor = new OutboxFloor();
  #lease: Lease | undefined;
  #until = 0;
  #lastPublished = 0;
  /** Of the reading whose rows are being published. */
  #sight: Sight | undefined;

  constructor(db: Queryable, period: Duration) {
    this.#db = db;
    this.#period = period;
  }

  /** Where to read on, the rows read before being published up to this position; undefined when none are. */
  async after(
    lease: Lease,
    lastPublished: number | undefined,
  ): Promise<Pick<Exchange, "floor" | "blocked">> {
    if (lease !== this.#lease || performance.now() > this.#until) {
      await this.#beginAgain(lease);
    } else if (lastPublished !== undefined) {
      this.#lastPublished = Math.max(this.#lastPublished, lastPublished);
      if (this.#sight) this.#floor.taken(this.#lastPublished, this.#sight);
    }
    return { floor: this.#floor.position, blocked: [...this.#blocked] };
  }

  /** What was read from there. */
  read({ rows, sight }: Reading): void {
    this.#sight = sight;
    if (rows.length === 0 && sight)
      this.#floor.taken(this.#lastPublished, sight);
  }

  /** Something in these subjects was refused. */
  block(subjects: readonly string[]): void {
    for (const subject of subjects) this.#blocked.add(subject);
  }

  async #beginAgain(lease: Lease): Promise<void> {
    if (lease !== this.#lease || this.#blocked.size > 0) {
      const subjects = await outboxRows.failedSubjects(this.#db);
      this.#blocked.clear();
      this.block(subjects);
    }
    this.#lease = lease;
    this.#until = performance.now() + this.#period;
    this.#floor.fall();
  }
}
