import { z } from "zod";

export const notificationConfig = z.object({
  MAIL_CONCURRENCY: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000)
    .default(200)
    .describe("Mails under way at a time."),
});
