import type { PlantedName } from "@cartwright/testing/planted/every-bug";
import type { Emphasis } from "./plan.ts";

/** No bug needs a fault that the lot would not bring; where that brings it seldom, some help is given here. */
const help: Readonly<Partial<Record<PlantedName, Emphasis>>> = {
  "stale-lease-publishes": { every: { freeze: 2_000 } },
};

export const emphasisFor = (name: PlantedName): Emphasis => help[name] ?? {};
