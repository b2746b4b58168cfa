import type { Queryable } from "@cartwright/database/tx";

/**
 * Which member acts for a group: an advisory lock of the sequencer's session, so that the server
 * frees it the moment the process is gone. Within this process the lock has one owner at a time.
 */
export class GroupLocks {
  readonly #db: Queryable;
  readonly #held = new Map<string, object>();

  constructor(db: Queryable) {
    this.#db = db;
  }

  /** False while somebody else holds it. */
  async acquire(member: object, group: string): Promise<boolean> {
    const owner = this.#held.get(group);
    if (owner !== undefined) return owner === member;
    this.#held.set(group, member);
    try {
      const [row] = await this.#db.query<{ locked: boolean }>(
        "SELECT pg_try_advisory_lock(hashtextextended('bus ' || $1, 0)) AS locked",
        [group],
      );
      if (row?.locked === true) return true;
    } catch (error) {
      this.#held.delete(group);
      throw error;
    }
    this.#held.delete(group);
    return false;
  }

  holds(member: object): boolean {
    return [...this.#held.values()].includes(member);
  }

  async release(member: object): Promise<void> {
    for (const [group, owner] of this.#held) {
      if (owner !== member) continue;
      await this.#db.query(
        "SELECT pg_advisory_unlock(hashtextextended('bus ' || $1, 0))",
        [group],
      );
      this.#held.delete(group);
    }
  }

  /** The session that held the locks is gone. */
  forget(): void {
    this.#held.clear();
  }
}
