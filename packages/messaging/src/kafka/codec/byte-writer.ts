const firstSize = 64 * 1024;
/** What is larger after use is given back. */
const keptSize = 4 * 1024 * 1024;

/** How many bytes Kafka's varint (zigzag, seven bits a byte) takes for a number from 0. */
const sizeOfVarint = (value: number): number => {
  let size = 1;
  for (let left = value >>> 6; left > 0; left >>>= 7) size += 1;
  return size;
};

/** Writes Kafka's data types one after the other into a buffer that is kept and grows. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(firstSize);
  #at = 0;

  /** Bytes written so far. */
  get length(): number {
    return this.#at;
  }

  /** Forgets what was written. */
  clear(): void {
    this.#at = 0;
    if (this.#bytes.length > keptSize)
      this.#bytes = Buffer.allocUnsafe(firstSize);
  }

  /** A copy of what was written from `start` on. */
  copy(start = 0): Buffer {
    return Buffer.from(this.#bytes.subarray(start, this.#at));
  }

  int8(value: number): void {
    this.#ensure(1);
    this.#bytes[this.#at++] = value;
  }

  int16(value: number): void {
    this.#ensure(2);
    this.#at = this.#bytes.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#ensure(4);
    this.#at = this.#bytes.writeInt32BE(value, this.#at);
  }

  /** A safe integer as 64 bits. */
  int64(value: number): void {
    this.int32(Math.floor(value / 2 ** 32));
    this.int32(value | 0);
  }

  /** A number from 0 to 2^30. */
  varint(value: number): void {
    this.#ensure(5);
    this.#at = this.#putVarint(value, this.#at);
  }

  /** UTF-8 behind its length as a varint. */
  text(value: string): void {
    this.#ensure(5 + 3 * value.length);
    const reserved = sizeOfVarint(value.length);
    const from = this.#at + reserved;
    const written = this.#bytes.write(value, from);
    this.#close(this.#at, reserved, from + written);
  }

  /** UTF-8 behind its length as 16 bits. */
  shortText(value: string): void {
    this.#ensure(2 + 3 * value.length);
    const written = this.#bytes.write(value, this.#at + 2);
    this.int16(written);
    this.#at += written;
  }

  raw(bytes: Uint8Array): void {
    const { length } = bytes;
    this.#ensure(length);
    const at = this.#at;
    for (let i = 0; i < length; i += 1) this.#bytes[at + i] = bytes[i] ?? 0;
    this.#at = at + length;
  }

  /** Begins a part that its length as a varint precedes; `end` takes what this returns. */
  begin(): number {
    this.#ensure(2);
    this.#at += 2;
    return this.#at - 2;
  }

  end(begun: number): void {
    this.#ensure(3);
    this.#close(begun, 2, this.#at);
  }

  /** Fills in 32 bits that were left open at `place`. */
  setInt32(place: number, value: number): void {
    this.#bytes.writeInt32BE(value | 0, place);
  }

  /** Fills in 8 bits that were left open at `place`. */
  setInt8(place: number, value: number): void {
    this.#bytes[place] = value;
  }

  /** What `compute` makes of the bytes from `start` on. */
  over(
    start: number,
    compute: (bytes: Buffer, start: number, end: number) => number,
  ): number {
    return compute(this.#bytes, start, this.#at);
  }

  /** Puts the length of what lies behind `reserved` bytes from `begun` on in its place, which may not fit. */
  #close(begun: number, reserved: number, end: number): void {
    const length = end - begun - reserved;
    const needed = sizeOfVarint(length);
    if (needed !== reserved)
      this.#bytes.copyWithin(begun + needed, begun + reserved, end);
    this.#putVarint(length, begun);
    this.#at = begun + needed + length;
  }

  #putVarint(value: number, place: number): number {
    let at = place;
    let left = value << 1;
    for (; left > 0x7f; left >>>= 7) this.#bytes[at++] = (left & 0x7f) | 0x80;
    this.#bytes[at++] = left;
    return at;
  }

  #ensure(more: number): void {
    if (this.#at + more <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(2 * (this.#at + more));
    this.#bytes.copy(grown, 0, 0, this.#at);
    this.#bytes = grown;
  }
}
