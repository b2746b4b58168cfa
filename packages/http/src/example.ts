import type { z } from "zod";

/** The schema with a value that it takes, which the API's description shows and offers to try. */
export const withExample = <Schema extends z.ZodType>(
  schema: Schema,
  example: z.input<Schema>,
): Schema => schema.meta({ examples: [example] });
