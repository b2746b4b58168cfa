const kept = 200;

/** What happened, as a hash over all of it and the last lines in full. */
export class Trace {
  readonly #last: string[] = [];
  #lines = 0;
  #low = 0x811c9dc5;
  #high = 0x01000193;
  /** Shown as it happens, when somebody wants to watch. */
  watch: ((line: string) => void) | undefined;

  add(line: string): void {
    this.#last[this.#lines % kept] = line;
    this.#lines += 1;
    for (let index = 0; index < line.length; index += 1) {
      const code = line.charCodeAt(index);
      this.#low = Math.imul(this.#low ^ code, 0x01000193);
      this.#high = Math.imul(this.#high ^ code, 0x85ebca6b);
    }
    this.watch?.(line);
  }

  /** The same for the same lines in the same order. */
  hash(): string {
    return [this.#low, this.#high]
      .map((half) => (half >>> 0).toString(16).padStart(8, "0"))
      .join("");
  }

  /** The last lines, oldest first. */
  last(count: number): string[] {
    const from = Math.max(0, this.#lines - Math.min(count, kept));
    return Array.from(
      { length: this.#lines - from },
      (_, index) => this.#last[(from + index) % kept] ?? "",
    );
  }
}
