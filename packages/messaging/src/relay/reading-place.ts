import type { Queryable } from "@cartwright/database/tx";
import type { Duration } from "@cartwright/kernel/duration";
import type { Lease } from "../lease.ts";
import { lateBy } from "../outbox-floor.ts";
import { outboxRows, type Exchange } from "./outbox-rows.ts";

/**
 * From where a relay reads on, and past which subjects. Under a new lease and once in `period` it begins at the first
 * row again; only then are subjects believed to be free that an operator has freed, since their rows lie below the
 * floor: read from there, later ones would overtake them.
 */
export class ReadingPlace {
  readonly #db: Queryable;
  readonly #period: Duration;
  readonly #blocked = new Set<string>();
  #lease: Lease | undefined;
  #until = 0;
  #floor = 0;

  constructor(db: Queryable, period: Duration) {
    this.#db = db;
    this.#period = period;
  }

  /** Where to read after the row at this position. */
  async after(
    lease: Lease,
    lastPublished: number | undefined,
  ): Promise<Pick<Exchange, "floor" | "blocked">> {
    if (lease !== this.#lease || performance.now() > this.#until) {
      await this.#beginAgain(lease);
    } else if (lastPublished !== undefined) {
      this.#floor = Math.max(this.#floor, lastPublished - lateBy);
    }
    return { floor: this.#floor, blocked: [...this.#blocked] };
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
    this.#floor = 0;
  }
}
