import { z } from "zod";

export const identityConfig = z.object({
  TOKEN_ISSUER: z
    .url()
    .default("http://localhost:8080")
    .describe(
      "The `iss` of every token that is made or believed; for identity the root of the discovery document too.",
    ),
  TOKEN_AUDIENCE: z
    .string()
    .min(1)
    .default("cartwright")
    .describe("The `aud` of every token that is made or believed."),
  SIGNING_KEYS_KEPT_SECONDS: z.coerce
    .number()
    .int()
    .min(1)
    .max(600)
    .default(60)
    .describe(
      "For so many seconds identity believes the signing keys that it has read: a new one is published, and a deleted one is refused by it, after so long.",
    ),
  SERVICE_CLIENT_SECRET: z
    .string()
    .min(16)
    .describe("What the services show identity for tokens of their own."),
});
