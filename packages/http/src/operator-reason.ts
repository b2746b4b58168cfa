import { z } from "zod";

/** Why an operator acts: a sentence for those who read the audit later. */
export const operatorReason = z
  .string()
  .trim()
  .min(8, "Say why in 8 characters or more, for the audit.")
  .max(500);
