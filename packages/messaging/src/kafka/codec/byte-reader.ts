/** Reads Kafka's data types one after the other. */
export class ByteReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  /** Steps over so many bytes; where they began. */
  skip(count: number): number {
    const from = this.at;
    this.at = from + count;
    return from;
  }

  int16(): number {
    return this.bytes.readInt16BE(this.skip(2));
  }

  int32(): number {
    return this.bytes.readInt32BE(this.skip(4));
  }

  int64(): bigint {
    return this.bytes.readBigInt64BE(this.skip(8));
  }

  /** UTF-8 behind its length as 16 bits. */
  shortText(): string {
    const length = this.int16();
    return this.bytes.toString("utf8", this.skip(length), this.at);
  }

  /** A zigzag varint of at most 32 bits; lengths are -1 for what is not there. */
  varint(): number {
    let byte = this.bytes[this.at++] ?? 0;
    let value = byte & 0x7f;
    for (let shift = 7; byte > 0x7f; shift += 7) {
      byte = this.bytes[this.at++] ?? 0;
      value |= (byte & 0x7f) << shift;
    }
    return (value >>> 1) ^ -(value & 1);
  }

  /** Steps over a varint of any length. */
  skipVarint(): void {
    while ((this.bytes[this.at++] ?? 0) > 0x7f);
  }

  /** UTF-8 behind its length as a varint; empty for null. */
  text(): string {
    const length = this.varint();
    if (length <= 0) return "";
    return this.bytes.toString("utf8", this.skip(length), this.at);
  }
}
