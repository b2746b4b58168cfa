import type { TokenVerifier } from "@cartwright/auth/verifier";
import type { ServiceName } from "@cartwright/contracts/services";
import type { Database } from "@cartwright/database/open-database";
import type { Route } from "@cartwright/http/route";
import type { ServiceClients } from "@cartwright/http/service-client";
import type { Clock } from "@cartwright/kernel/clock";
import type { Duration } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import type { BatchHandler } from "@cartwright/messaging/handler";
import type { Outbox } from "@cartwright/messaging/outbox";
import type { Logger } from "@cartwright/observability/logger";
import type { Tracing } from "@cartwright/observability/tracing";
import type { Source } from "@cartwright/observability/scrape";
import type { z } from "zod";

/** What every service is given, whatever the mode it runs in. */
export type Platform = {
  readonly db: Database;
  readonly outbox: Outbox;
  readonly logger: Logger;
  readonly tracing: Tracing;
  readonly clock: Clock;
  readonly tokens: TokenVerifier;
  /** HTTP clients of the other services, with deadline and breaker. */
  readonly clients: ServiceClients;
};

/** What a service is made of. */
export type Service = {
  readonly routes: readonly Route[];
  /** Status of each refusal code that the service's domain may answer with. */
  readonly refusals: Readonly<Record<string, number>>;
  readonly handlers?: readonly BatchHandler[];
  /** When nobody waits for the handlers: for so long their batches may gather. */
  readonly gather?: Duration;
  /** What the service has to tell whoever scrapes its metrics. */
  readonly figures?: Source;
  /** Workers and timers: started after the database, stopped before it. */
  readonly parts?: readonly Part[];
};

/** A service as the composition sees it: its name, its environment variables, and how it is made. */
export type ServiceDefinition<Config extends z.ZodObject = z.ZodObject> = {
  readonly name: ServiceName;
  readonly config: Config;
  readonly create: (platform: Platform, config: z.output<Config>) => Service;
};

export const defineService = <Config extends z.ZodObject>(
  definition: ServiceDefinition<Config>,
): ServiceDefinition<Config> => definition;
