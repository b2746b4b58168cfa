import type { Advanced } from "./advance.ts";
import type { SagaId } from "./instance.ts";
import type { SavedInstance } from "./saga-store.ts";

/** Of several turns of one instance in a batch the last is saved, with the last deadline that was set. */
export function latest<Decider>(
  advanced: readonly Advanced<Decider>[],
): SavedInstance[] {
  const byId = new Map<SagaId, SavedInstance>();
  for (const { instance, dueIn, learnt } of advanced) {
    const before = byId.get(instance.id);
    byId.set(instance.id, {
      instance,
      dueIn: dueIn === undefined ? before?.dueIn : dueIn,
      learnt: learnt || before?.learnt === true,
    });
  }
  return [...byId.values()];
}

/** Deadlines spread by a tenth either way, so that what came together does not come due together. */
export const scaled =
  (timeScale: number) =>
  ({ dueIn, ...saved }: SavedInstance): SavedInstance => ({
    ...saved,
    dueIn:
      typeof dueIn === "number"
        ? dueIn * timeScale * (0.9 + Math.random() / 5)
        : dueIn,
  });
