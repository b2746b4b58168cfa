import { timeShape } from "@cartwright/contracts/shapes";
import { z } from "zod";

/** Where messages of a key wait in one service: what its route says and who asks for it reads. */
export const parkedShape = z.object({
  items: z.array(
    z.object({ consumer: z.string(), reason: z.string(), since: timeShape }),
  ),
});
