import { z } from "zod";

/** Nothing beyond what every service has. */
export const analyticsConfig = z.object({});
