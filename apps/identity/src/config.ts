import { z } from "zod";

export const identityConfig = z.object({
  /** The `iss` of every token, and the root of the discovery document. */
  TOKEN_ISSUER: z.url().default("http://localhost:8080"),
  TOKEN_AUDIENCE: z.string().min(1).default("cartwright"),
  /** What the services show for tokens of their own. */
  SERVICE_CLIENT_SECRET: z.string().min(16),
});
