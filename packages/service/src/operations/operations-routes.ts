import type { ServiceName } from "@cartwright/contracts/services";
import type { Database } from "@cartwright/database/open-database";
import type { Route } from "@cartwright/http/route";
import type { Bus, TopicLag } from "@cartwright/messaging/bus";
import { contractsOf } from "@cartwright/messaging/handler";
import { deadLettersOf } from "@cartwright/messaging/dead-letters";
import { failedMessagesOf } from "@cartwright/messaging/failed/failed-messages";
import type { BatchHandler } from "@cartwright/messaging/handler";
import { auditRoute } from "./audit.route.ts";
import { deadLetterRoutes } from "./dead-letter.routes.ts";
import { failedMessageRoutes } from "./failed-message.routes.ts";
import { outboxRoute } from "./outbox.route.ts";
import { parkedRoute } from "./parked.route.ts";

/** What every service lets operators see and do, below a path that names the service. */
export function operationsRoutes(options: {
  readonly name: ServiceName;
  readonly db: Database;
  readonly lag: () => Promise<readonly TopicLag[]>;
  readonly handlers: readonly BatchHandler[];
  /** Rouses whoever publishes the outbox. */
  readonly wake: () => void;
}): readonly Route[] {
  const { name, db, lag, handlers, wake } = options;
  const root = `/api/v1/operations/${name}`;
  return [
    outboxRoute(root, db, lag),
    ...failedMessageRoutes(root, failedMessagesOf({ db, wake }), db),
    auditRoute(root, db),
    parkedRoute(root, db),
    ...(handlers.length === 0
      ? []
      : deadLetterRoutes(
          root,
          deadLettersOf({ db, group: name, handlers }),
          db,
        )),
  ];
}

/** How far a service is behind in each topic that it hears; rejects while the broker does not say. */
export function lagOf(options: {
  readonly name: ServiceName;
  readonly bus: Bus;
  readonly handlers: readonly BatchHandler[];
}): () => Promise<readonly TopicLag[]> {
  const { name, bus, handlers } = options;
  const topics = [...new Set(contractsOf(handlers).map(({ topic }) => topic))];
  return async () =>
    topics.length === 0 ? [] : ((await bus.lag?.(name, topics)) ?? []);
}

export const operationsRefusals = { "not-first": 409 } as const;
