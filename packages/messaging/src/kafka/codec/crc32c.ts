/** The Castagnoli polynomial, lowest bit first. */
const polynomial = 0x82f63b78;

/** At `256 * n + b`: what the byte `b` does to the checksum when `n` more bytes follow it. */
const table = tableOf(8);

function tableOf(bytesAtOnce: number): Int32Array {
  const made = new Int32Array(256 * bytesAtOnce);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1)
      crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    made[byte] = crc;
  }
  for (let place = 256; place < made.length; place += 1) {
    const before = made[place - 256] ?? 0;
    made[place] = (made[before & 0xff] ?? 0) ^ (before >>> 8);
  }
  return made;
}

/** The checksum of Kafka's record batches over `bytes` from `start` to `end`; eight bytes at a time. */
export function crc32c(bytes: Buffer, start: number, end: number): number {
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8) {
    const low = crc ^ bytes.readInt32LE(at);
    const high = bytes.readInt32LE(at + 4);
    crc =
      (table[1792 + (low & 0xff)] ?? 0) ^
      (table[1536 + ((low >>> 8) & 0xff)] ?? 0) ^
      (table[1280 + ((low >>> 16) & 0xff)] ?? 0) ^
      (table[1024 + (low >>> 24)] ?? 0) ^
      (table[768 + (high & 0xff)] ?? 0) ^
      (table[512 + ((high >>> 8) & 0xff)] ?? 0) ^
      (table[256 + ((high >>> 16) & 0xff)] ?? 0) ^
      (table[high >>> 24] ?? 0);
  }
  for (; at < end; at += 1)
    crc = (table[(crc ^ (bytes[at] ?? 0)) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
}
