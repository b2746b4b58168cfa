import type { Tap } from "./tcp-proxy.ts";

/** Cuts connections to Postgres during COMMIT. */
export type CommitCutter = {
  readonly tap: () => Tap;
  /**
   * The next so many transactions of services lose their connection: every other one before the server
   * has got the COMMIT, the others after it has done it and before the client hears.
   */
  arm(count: number): void;
  struck(): number;
  /** How many were cut before the server knew, and after it had committed. */
  cuts(): { readonly before: number; readonly after: number };
};

const commit = Buffer.from("COMMIT\0");
/** CommandComplete: its kind, its length, its tag. */
const committed = Buffer.from("C\0\0\0\x0bCOMMIT\0", "latin1");
const administrator = Buffer.from("user\0postgres\0");

export function commitCutter(): CommitCutter {
  let left = 0;
  let isBefore = false;
  const cuts = { before: 0, after: 0 };
  const tap = (): Tap => {
    let isService: boolean | undefined;
    let isMarked = false;
    const answers = across(committed);
    return {
      fromClient(bytes) {
        isService ??= !bytes.includes(administrator);
        if (left === 0 || !isService || !bytes.includes(commit)) return "pass";
        left -= 1;
        isBefore = !isBefore;
        if (!isBefore) {
          isMarked = true;
          return "pass";
        }
        cuts.before += 1;
        return "cut";
      },
      fromServer(bytes) {
        const isCommitted = answers(bytes);
        if (!isMarked || !isCommitted) return "pass";
        cuts.after += 1;
        return "cut";
      },
    };
  };
  return {
    tap,
    arm: (count) => void (left = count),
    struck: () => cuts.before + cuts.after,
    cuts: () => ({ ...cuts }),
  };
}

/** Whether the bytes are in the stream's new piece, also when they began in the one before. */
function across(wanted: Buffer): (bytes: Buffer) => boolean {
  let tail = Buffer.alloc(0);
  return (bytes) => {
    const seen = Buffer.concat([tail, bytes]);
    tail = seen.subarray(Math.max(0, seen.length - wanted.length + 1));
    return seen.includes(wanted);
  };
}
