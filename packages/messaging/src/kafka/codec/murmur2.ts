const seed = 0x9747b28c;
const factor = 0x5bd1e995;

/** Murmur2 of a key's UTF-8, by which Kafka's own clients place a record; 32 bits, signed. */
export function murmur2(key: string): number {
  const bytes = Buffer.from(key);
  const whole = bytes.length & ~3;
  let hash = seed ^ bytes.length;
  for (let at = 0; at < whole; at += 4) {
    const word = Math.imul(bytes.readInt32LE(at), factor);
    hash = Math.imul(hash, factor) ^ Math.imul(word ^ (word >>> 24), factor);
  }
  const rest = bytes.length - whole;
  if (rest > 2) hash ^= (bytes[whole + 2] ?? 0) << 16;
  if (rest > 1) hash ^= (bytes[whole + 1] ?? 0) << 8;
  if (rest > 0) hash = Math.imul(hash ^ (bytes[whole] ?? 0), factor);
  hash = Math.imul(hash ^ (hash >>> 13), factor);
  return hash ^ (hash >>> 15);
}
