import type { Tap } from "./tcp-proxy.ts";

/** Cuts connections in the moment between a broker's append and the producer's hearing of it. */
export type AckThief = {
  readonly tap: () => Tap;
  /** The next so many answers to Produce requests are lost with their connections. */
  arm(count: number): void;
  /** How many were lost so far. */
  struck(): number;
};

const produce = 0;

/**
 * Reads as much of Kafka's framing as it takes: a length, then in requests the API's key and, after its
 * version, a correlation id, by which the answer is known. An answer to a Produce with `acks=all` says
 * that the records are on as many brokers as are asked for.
 */
export function ackThief(): AckThief {
  let left = 0;
  let stolen = 0;
  const tap = (): Tap => {
    const produced = new Set<number>();
    const requests = headers(12);
    const answers = headers(8);
    return {
      fromClient(bytes) {
        for (const header of requests(bytes))
          if (header.readInt16BE(4) === produce)
            produced.add(header.readInt32BE(8));
        return "pass";
      },
      fromServer(bytes) {
        for (const header of answers(bytes)) {
          if (!produced.delete(header.readInt32BE(4)) || left === 0) continue;
          left -= 1;
          stolen += 1;
          return "cut";
        }
        return "pass";
      },
    };
  };
  return { tap, arm: (count) => void (left = count), struck: () => stolen };
}

/** Finds, in a stream of frames that begin with their length, the first bytes of each. */
function headers(size: number): (bytes: Buffer) => Buffer[] {
  let header = Buffer.alloc(0);
  let toSkip = 0;
  return (bytes) => {
    const found: Buffer[] = [];
    let at = 0;
    while (at < bytes.length) {
      const skipped = Math.min(toSkip, bytes.length - at);
      toSkip -= skipped;
      at += skipped;
      if (toSkip > 0 || at === bytes.length) break;
      const part = bytes.subarray(at, at + size - header.length);
      header = Buffer.concat([header, part]);
      at += part.length;
      if (header.length < size) break;
      found.push(header);
      toSkip = header.readInt32BE(0) + 4 - size;
      header = Buffer.alloc(0);
    }
    return found;
  };
}
