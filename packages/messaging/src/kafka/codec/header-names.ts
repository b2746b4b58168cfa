type Name = {
  readonly text: string;
  readonly bytes: Buffer;
  /** What followed it the last time. */
  next: Name | undefined;
};

const mostNames = 256;

/**
 * Recognizes headers' names by their bytes: records bring the same ones in the same order, so that the one after the
 * last is mostly known without making a string.
 */
export class HeaderNames {
  readonly #known = new Map<string, Name>();
  readonly #beginning: Name = newName("");
  #last = this.#beginning;

  /** The next name is a record's first. */
  begin(): void {
    this.#last = this.#beginning;
  }

  /** The name in UTF-8 from `start` to `end`. */
  read(bytes: Buffer, start: number, end: number): string {
    const guess = this.#last.next;
    if (guess !== undefined && isAt(guess.bytes, bytes, start, end)) {
      this.#last = guess;
      return guess.text;
    }
    const text = bytes.toString("utf8", start, end);
    const name = this.#named(text);
    if (name !== undefined) this.#last = this.#last.next = name;
    return text;
  }

  /** Undefined for names beyond a number that no sound producer reaches. */
  #named(text: string): Name | undefined {
    const known = this.#known.get(text);
    if (known !== undefined || this.#known.size >= mostNames) return known;
    const name = newName(text);
    this.#known.set(text, name);
    return name;
  }
}

const newName = (text: string): Name => ({
  text,
  bytes: Buffer.from(text),
  next: undefined,
});

function isAt(
  name: Buffer,
  bytes: Buffer,
  start: number,
  end: number,
): boolean {
  if (name.length !== end - start) return false;
  for (let i = 0; i < name.length; i += 1)
    if (bytes[start + i] !== name[i]) return false;
  return true;
}
