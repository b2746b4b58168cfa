import { z } from "zod";

/** The environment variables of the jobs that work on all schemas: migrations and demo shop. */
export const administratorConfig = z.object({
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .describe(
      "Connection string of an administrator, who may create schemas and roles.",
    ),
  ROLE_PASSWORDS_FOLDER: z
    .string()
    .optional()
    .describe(
      "A folder with a file for each role, named after it, that holds its password; what is not there is derived from the administrator's.",
    ),
});
