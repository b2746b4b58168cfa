import { z } from "zod";

/** Nothing beyond what every service is configured with. */
export const catalogConfig = z.object({});
