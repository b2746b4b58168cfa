import type { PlantedName } from "@cartwright/testing/planted/every-bug";
import type { Report } from "./run-seed.ts";

/** What a worker is asked to do. */
export type Work =
  /** Runs these seeds. */
  | { readonly kind: "seeds"; readonly from: number; readonly count: number }
  /** Runs seeds from `from` on until the planted bug shows itself, at most `most`. */
  | {
      readonly kind: "planted";
      readonly name: PlantedName;
      readonly from: number;
      readonly most: number;
    }
  /** Runs the seed again. */
  | { readonly kind: "again"; readonly report: Report };

export type Done = {
  readonly work: Work;
  readonly reports: readonly Report[];
  /** Milliseconds of processor time. */
  readonly spent: number;
};
