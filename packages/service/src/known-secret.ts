import { inProduction } from "@cartwright/kernel/in-production";
import type { z } from "zod";

/** Gives a secret a default that everybody can read, for trying things out; in production that one is refused, given or not. */
export const withKnownDefault = (secret: z.ZodString, known: string) =>
  secret
    .default(known)
    .refine(
      (value) => !(inProduction() && value.split(" ").includes(known)),
      "everybody knows it, so it is refused in production",
    );
