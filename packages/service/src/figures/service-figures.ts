import type { Database } from "@cartwright/database/open-database";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { TopicLag } from "@cartwright/messaging/bus";
import {
  addSource,
  cached,
  type Sample,
  type Source,
} from "@cartwright/observability/scrape";
import { backlogFigures } from "./backlog-figures.ts";
import { databaseFigures } from "./database-figures.ts";
import { openTransactions } from "./open-transactions.ts";

type Options = {
  readonly service: string;
  readonly db: Database;
  /** How far behind the service is in each topic that it hears. */
  readonly lag: () => Promise<readonly TopicLag[]>;
  /** What the service itself has to tell. */
  readonly own?: Source | undefined;
};

/** Asking the brokers takes connections of its own. */
const lagKept = seconds(10);

/** What a service knows only by asking: its pool, its tables, its place in the topics. Read when somebody scrapes. */
export function serviceFigures(options: Options): Part {
  const { service, db, lag, own } = options;
  const sources = [
    async () => poolFigures(service, db),
    cached(() => backlogFigures(service, db)),
    cached(() => databaseFigures(service, db)),
    cached(openTransactions(service, db)),
    cached(async () => lagFigures(service, await lag()), lagKept),
    ...(own ? [cached(own)] : []),
  ];
  let endings: (() => void)[] = [];
  return {
    name: "figures",
    start: async () => void (endings = sources.map(addSource)),
    stop: async () => endings.forEach((end) => end()),
  };
}

function poolFigures(service: string, db: Database): Sample[] {
  const { total, idle, waiting } = db.stats();
  const max = db.pool.options.max;
  const connections = (state: "idle" | "used", value: number): Sample => ({
    name: "db_client_connection_count",
    labels: { service, state },
    value,
  });
  return [
    connections("idle", idle),
    connections("used", total - idle),
    { name: "db_client_connection_max", labels: { service }, value: max },
    {
      name: "db_client_connection_pending_requests",
      labels: { service },
      value: waiting,
    },
  ];
}

const lagFigures = (service: string, lag: readonly TopicLag[]): Sample[] =>
  lag.map(({ topic, behind }) => ({
    name: "cartwright_consumer_lag_records",
    labels: { service, messaging_destination_name: topic },
    value: behind,
  }));
