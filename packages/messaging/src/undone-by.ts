import { contracts } from "@cartwright/contracts/catalogue";
import type { CommandContract } from "@cartwright/contracts/define";

const undone: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  contracts.flatMap((contract): [string, Set<string>][] => {
    if (contract.kind !== "command") return [];
    const { type, undoes } = contract as CommandContract;
    return undoes.length > 0
      ? [[type, new Set(undoes.map((taken) => taken.type))]]
      : [];
  }),
);

/** The types of the commands that a command of this type takes back. */
export const undoneBy = (type: string): ReadonlySet<string> =>
  undone.get(type) ?? nothing;

const nothing: ReadonlySet<string> = new Set();
