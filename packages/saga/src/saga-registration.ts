import type { Transact, Tx } from "@cartwright/database/tx";
import type { Part } from "@cartwright/kernel/part";
import type { Logger } from "@cartwright/observability/logger";
import { definitionStore, type SagaVersion } from "./definition-store.ts";
import type { SagaDefinition } from "./define-saga.ts";
import { differenceBetween, shapeOf } from "./shape.ts";

type Options = {
  readonly db: { readonly transaction: Transact };
  readonly definitions: readonly SagaDefinition<never>[];
  readonly logger: Logger;
};

/**
 * Compares the release's definitions with the database before anything runs. Refuses to start when a
 * version has another shape than the runs in hand were begun with, or when runs are left of a version
 * that the release has dropped. Runs of a newer release are left to it.
 */
export const sagaRegistration = ({
  db,
  definitions,
  logger,
}: Options): Part => ({
  name: "saga definitions",
  async start() {
    await db.transaction(async (tx) => {
      await refuseChangedShapes(tx, definitions);
      const strangers = await versionsUnknownTo(tx, definitions);
      refuseDroppedVersions(strangers, definitions);
      for (const stranger of strangers)
        logger.warn("runs are left to a release that knows them", stranger);
    });
  },
});

async function refuseChangedShapes(
  tx: Tx,
  definitions: Options["definitions"],
): Promise<void> {
  const shapes = definitions.map((definition) => ({
    saga: definition.name,
    version: definition.version,
    steps: shapeOf(definition),
  }));
  const known = await definitionStore.remember(tx, shapes);
  for (const { saga, version, steps } of shapes) {
    const first = known.find(isVersion({ saga, version }));
    const difference = first && differenceBetween(first.steps, steps);
    if (difference !== undefined)
      throw new Error(
        `The saga ${saga} has changed under version ${version}: ${difference}. ` +
          `Keep version ${version} as it was and declare version ${version + 1} beside it.`,
      );
  }
}

async function versionsUnknownTo(
  tx: Tx,
  definitions: Options["definitions"],
): Promise<(SagaVersion & { readonly runs: number })[]> {
  const running = await definitionStore.running(tx);
  return running.filter(
    ({ saga, version }) =>
      !definitions.some((one) => one.name === saga && one.version === version),
  );
}

/** A version below one we have was ours once, so no newer release will see its runs through. */
function refuseDroppedVersions(
  strangers: readonly (SagaVersion & { readonly runs: number })[],
  definitions: Options["definitions"],
): void {
  for (const { saga, version, runs } of strangers) {
    const isOlder = definitions.some(
      (one) => one.name === saga && one.version > version,
    );
    if (isOlder)
      throw new Error(
        `Runs of ${saga} version ${version} have not ended (${runs}), and this release has no definition of it. ` +
          `Keep version ${version} until they have.`,
      );
  }
}

const isVersion =
  ({ saga, version }: SagaVersion) =>
  (other: SagaVersion): boolean =>
    other.saga === saga && other.version === version;
