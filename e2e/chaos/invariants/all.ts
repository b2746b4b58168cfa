import type { Evidence, Violation } from "./evidence.ts";
import { messageViolations } from "./messages.ts";
import { moneyViolations } from "./money.ts";
import { orderViolations } from "./orders.ts";
import { stockViolations } from "./stock.ts";

/** Everything that does not hold: none is the promise kept. */
export const allViolations = (evidence: Evidence): Violation[] => [
  ...orderViolations(evidence),
  ...moneyViolations(evidence),
  ...stockViolations(evidence),
  ...messageViolations(evidence),
];
