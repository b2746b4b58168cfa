import { z } from "zod";

/** None of its own. */
export const inventoryConfig = z.object({});
