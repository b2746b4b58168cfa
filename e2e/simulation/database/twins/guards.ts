import type { Twin, Twins } from "../twin.ts";
import { parkedAmong } from "./parked.ts";
import { lockSequenceRows } from "./sequences.ts";

const lockUnlessParked: Twin = function* (run, [consumer, keys, subjects]) {
  const parked = parkedAmong(run, [consumer, keys]);
  if (parked.length > 0)
    return parked.map(({ row }) => ({
      parkedKey: row.key,
      subject: null,
      last: null,
    }));
  const numbered = yield* lockSequenceRows(run, [consumer, subjects]);
  return numbered.map((row) => ({ parkedKey: null, ...row }));
};

export const guardTwins: Twins = { "guards-lock": lockUnlessParked };
