import type { Queryable } from "@cartwright/database/tx";
import { parkedShape } from "@cartwright/http/parked-shape";
import { ok } from "@cartwright/http/reply";
import { get } from "@cartwright/http/route";
import { parkedKeysOf } from "@cartwright/messaging/parked-keys";
import { z } from "zod";

/** For services too: that something waits, but not what it says. */
export const parkedRoute = (root: string, db: Queryable) =>
  get(`${root}/parked/:key`, {
    summary: "Whether messages of a key wait for a person here, and why",
    access: "parked.read",
    params: z.object({ key: z.string().min(1).max(200) }),
    responses: { 200: parkedShape },
    handle: async ({ params: { key } }) => {
      const keys = await parkedKeysOf(db, key);
      return ok({
        items: keys.map(({ since, ...rest }) => ({
          ...rest,
          since: since.toISOString(),
        })),
      });
    },
  });
