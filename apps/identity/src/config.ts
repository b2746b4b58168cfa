import { processConfig } from "@cartwright/service/service-config";
import { z } from "zod";

export const identityConfig = z.object({
  ...processConfig.pick({
    TOKEN_ISSUER: true,
    TOKEN_AUDIENCE: true,
    SERVICE_CLIENT_SECRET: true,
  }).shape,
  SIGNING_KEYS_KEPT_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(600)
    .default(60)
    .describe(
      "For so many seconds identity believes the signing keys that it has read: a new one is published, and a deleted one is refused by it, after so long.",
    ),
});
