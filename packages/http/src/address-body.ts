import { countryShape, type PostalAddress } from "@cartwright/contracts/shapes";
import { z } from "zod";

const words = (most: number) => z.string().trim().min(1).max(most);

/** An address as somebody types it: blanks are no street. */
export const addressBody = z.strictObject({
  name: words(200),
  line1: words(200),
  line2: z.string().trim().max(200).optional(),
  postalCode: words(20),
  city: words(100),
  country: countryShape,
}) satisfies z.ZodType<PostalAddress>;
