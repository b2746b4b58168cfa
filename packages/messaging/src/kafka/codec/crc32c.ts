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

/** Of the lowest byte of `value`, which `following` more bytes follow. */
const effect = (following: number, value: number): number =>
  table[256 * following + (value & 0xff)] ?? 0;

/** The checksum of Kafka's record batches over `bytes` from `start` to `end`; eight bytes at a time. */
export function crc32c(bytes: Buffer, start: number, end: number): number {
  const byte = (at: number): number => bytes[at] ?? 0;
  let crc = -1;
  let at = start;
  for (; at + 8 <= end; at += 8)
    crc =
      effect(7, crc ^ byte(at)) ^
      effect(6, (crc >>> 8) ^ byte(at + 1)) ^
      effect(5, (crc >>> 16) ^ byte(at + 2)) ^
      effect(4, (crc >>> 24) ^ byte(at + 3)) ^
      effect(3, byte(at + 4)) ^
      effect(2, byte(at + 5)) ^
      effect(1, byte(at + 6)) ^
      effect(0, byte(at + 7));
  for (; at < end; at += 1) crc = effect(0, crc ^ byte(at)) ^ (crc >>> 8);
  return ~crc >>> 0;
}
