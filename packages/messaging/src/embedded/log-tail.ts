import type { LogEntry } from "./log-store.ts";

const kept = 5_000;

/**
 * The end of the log in memory, shared by all groups. Positions have no gaps, so an entry is found
 * by its position; whoever is further behind reads the table.
 */
export class LogTail {
  #entries: LogEntry[] = [];
  /** The entries are those after this position. */
  #start = 0;

  get end(): number {
    return this.#start + this.#entries.length;
  }

  get last(): LogEntry | undefined {
    return this.#entries.at(-1);
  }

  /** Takes what was just appended to the log, and forgets the rest when something lies between. */
  append(entries: readonly LogEntry[]): void {
    const [first] = entries;
    if (first === undefined) return;
    if (first.position !== this.end + 1) this.reset(first.position - 1);
    for (const entry of entries) this.#entries.push(entry);
    if (this.#entries.length > 2 * kept) this.#forget();
  }

  /** Begins anew after `position`. */
  reset(position: number): void {
    this.#entries = [];
    this.#start = position;
  }

  /** Up to `limit` entries of some topics after a position; undefined when that lies before the tail. */
  read(
    after: number,
    wanted: (entry: LogEntry) => boolean,
    limit: number,
  ): { readonly entries: LogEntry[]; readonly upTo: number } | undefined {
    if (after < this.#start) return undefined;
    const found: LogEntry[] = [];
    for (let index = after - this.#start; ; index += 1) {
      const entry = this.#entries[index];
      if (entry === undefined)
        return { entries: found, upTo: Math.max(after, this.end) };
      if (!wanted(entry)) continue;
      found.push(entry);
      if (found.length === limit)
        return { entries: found, upTo: entry.position };
    }
  }

  #forget(): void {
    const forgotten = this.#entries.length - kept;
    this.#entries = this.#entries.slice(forgotten);
    this.#start += forgotten;
  }
}
