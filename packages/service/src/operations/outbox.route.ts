import { timeShape } from "@cartwright/contracts/shapes";
import type { Queryable } from "@cartwright/database/tx";
import { ok } from "@cartwright/http/reply";
import { get } from "@cartwright/http/route";
import { backlogOf } from "@cartwright/messaging/backlog";
import type { TopicLag } from "@cartwright/messaging/bus";
import { z } from "zod";

const outboxView = z.object({
  outbox: z.object({
    waiting: z.int(),
    oldestAge: z
      .number()
      .nullable()
      .describe("Seconds since the oldest was written."),
    failed: z
      .int()
      .describe(
        "Those among them that cannot be published: see outbox/failed.",
      ),
  }),
  relay: z
    .object({ holder: z.string(), expiresAt: timeShape })
    .nullable()
    .describe("Who publishes; null where the bus reads the outbox itself."),
  parked: z.object({ keys: z.int(), messages: z.int() }),
  lag: z
    .array(z.object({ topic: z.string(), behind: z.int() }))
    .nullable()
    .describe("Records not handled yet; null while the broker does not say."),
});

/** How far a service is behind with what it publishes and with what it hears. */
export const outboxRoute = (
  root: string,
  db: Queryable,
  lag: () => Promise<readonly TopicLag[]>,
) =>
  get(`${root}/outbox`, {
    summary: "What waits to be published, to be heard, or for a person",
    access: "sagas.read",
    responses: { 200: outboxView },
    handle: async () => {
      const [{ relay, ...backlog }, topics] = await Promise.all([
        backlogOf(db),
        lag().catch(() => null),
      ]);
      return ok({
        ...backlog,
        relay: relay && { ...relay, expiresAt: relay.expiresAt.toISOString() },
        lag: topics,
      });
    },
  });
