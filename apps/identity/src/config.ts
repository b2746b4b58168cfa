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
  SERVICE_CLIENT_SECRET: z
    .string()
    .min(16)
    .describe("What the services show identity for tokens of their own."),
});
