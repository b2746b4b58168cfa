import { z } from "zod";

/** An id that a request brings: taken in any case, used in the one that all ids are written in. */
export const idParam = z.guid().toLowerCase();

/** A text that may be an id, a product's beside its SKU for instance. */
export const idOr = (text: z.ZodString): z.ZodString =>
  text.overwrite((value) => idParam.safeParse(value).data ?? value);
