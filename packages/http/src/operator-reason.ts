import { z } from "zod";

/** Why an operator acts: a sentence for those who read the audit later. */
export const operatorReason = z
  .string()
  .trim()
  .min(8, "say why in a few words, for the audit")
  .max(500);
