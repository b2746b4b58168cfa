import { contracts } from "@cartwright/contracts/catalogue";
import type { CommandContract, Contract } from "@cartwright/contracts/define";

/** The events that answer commands, each once. */
export function answerContracts(): Contract[] {
  const commands = contracts.filter(
    (contract) => contract.kind === "command",
  ) as CommandContract[];
  return [
    ...new Set(
      commands.flatMap(({ done, refused }) =>
        refused ? [done, refused] : [done],
      ),
    ),
  ];
}
