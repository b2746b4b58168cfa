import type { Recording } from "@cartwright/saga/recording";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { orderSagaDefinitions } from "../../src/sagas/order-sagas.ts";

/** What the sagas of one order did in a story. */
export type RecordedStory = {
  readonly story: string;
  readonly runs: readonly Recording[];
};

const all = join(import.meta.dirname, "../../src/sagas/recorded");

/** The folder of the versions that new orders get, such as `cancel-order-1+place-order-1`; a new version is recorded anew. */
export const newestVersions = [
  ...Map.groupBy(orderSagaDefinitions, ({ name }) => name),
]
  .map(
    ([name, versions]) =>
      `${name}-${Math.max(...versions.map(({ version }) => version))}`,
  )
  .toSorted()
  .join("+");

export const fileOf = (story: string): string =>
  join(
    all,
    newestVersions,
    `${story.replaceAll(",", "").replaceAll(" ", "-")}.json`,
  );

/** The recordings of every version there is, with the folder that they lie in. */
export const readRecordings = (): (RecordedStory & {
  readonly versions: string;
})[] =>
  readdirSync(all).flatMap((versions) =>
    readdirSync(join(all, versions)).map((file) => {
      const text = readFileSync(join(all, versions, file), "utf8");
      return { versions, ...(JSON.parse(text) as RecordedStory) };
    }),
  );
