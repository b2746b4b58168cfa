import type { Principal } from "@cartwright/auth/principal";
import type { TokenVerifier } from "@cartwright/auth/verifier";
import { contracts } from "@cartwright/contracts/catalogue";
import type { Draft, Message } from "@cartwright/contracts/message";
import { serviceNames } from "@cartwright/contracts/services";
import type {
  ServiceClient,
  ServiceClients,
} from "@cartwright/http/service-client";
import { systemClock, type Clock } from "@cartwright/kernel/clock";
import { newId } from "@cartwright/kernel/ids";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Bus, ReceivedRecord } from "@cartwright/messaging/bus";
import { decode, headersOf } from "@cartwright/messaging/wire";
import { silentLogger, type Logger } from "@cartwright/observability/logger";
import { noTracing } from "@cartwright/observability/tracing";
import { parseConfig } from "@cartwright/service/load-config";
import { startParts } from "@cartwright/service/run-parts";
import { serviceParts } from "@cartwright/service/service-parts";
import type { Platform, ServiceDefinition } from "@cartwright/service/service";
import { createServer, type RequestListener } from "node:http";
import supertest from "supertest";
import type { z } from "zod";
import { handFedBus } from "./hand-fed-bus.ts";
import { testDatabase, type TestDatabase } from "./test-database.ts";

type Options = {
  /** The service's own environment variables. */
  readonly env?: Readonly<Record<string, string>>;
  readonly clock?: Clock;
  /** Answers of other services; whoever is not given does not answer. */
  readonly clients?: Partial<ServiceClients>;
  /** One that another test service has used before; it is not dropped by `stop`. */
  readonly database?: TestDatabase;
  /** A real one, to and from which messages then go by themselves: nothing is `deliver`ed. */
  readonly bus?: Bus;
  readonly logger?: Logger;
};

export type TestService = {
  readonly platform: Platform;
  readonly database: TestDatabase;
  /**
   * Hands messages to the service's consumer as one batch. What is not given is made up: a new id, the
   * subject's next sequence, attempt 1 of a command.
   */
  deliver(...messages: readonly (Draft & Partial<Message>)[]): Promise<void>;
  /** Everything appended to the outbox so far, in order. */
  published(): Promise<Message[]>;
  /** HTTP against the service's routes, without a token or as somebody. */
  readonly request: ReturnType<typeof supertest.agent>;
  as(principal: Principal): ReturnType<typeof supertest.agent>;
  stop(): Promise<void>;
};

/** A whole service on a fresh migrated database, with nothing around it. */
export async function testService<Config extends z.ZodObject>(
  definition: ServiceDefinition<Config>,
  options: Options = {},
): Promise<TestService> {
  const { env = {}, clock = systemClock, clients = {} } = options;
  const database = options.database ?? (await testDatabase(definition.name));
  const { bus, logger = silentLogger } = options;
  const fed = handFedBus();
  const access = testTokens();
  const { parts, app, platform } = serviceParts(
    definition,
    parseConfig(definition.config, env),
    {
      db: database.open(definition.name, 8),
      bus: bus ?? fed,
      clock,
      logger,
      tracing: noTracing,
      tokens: access.tokens,
      clients: { ...unanswering(), ...clients },
      ...(bus === undefined && { wakeBus: () => undefined }),
    },
  );
  const [, ...others] = parts; // the database closes its own pools
  const running = await startParts(others, silentLogger);
  const server = createServer(app as RequestListener).listen(0, "127.0.0.1");
  const complete = completing();

  return {
    platform,
    database,
    deliver: (...messages) =>
      fed.feed(messages.map((message) => recordOf(complete(message)))),
    published: async () =>
      (await platform.db.query<OutboxRow>(allPublished)).map(messageOf),
    request: supertest.agent(server),
    as: (principal) =>
      supertest
        .agent(server)
        .auth(access.tokenFor(principal), { type: "bearer" }),
    async stop() {
      server.close();
      server.closeAllConnections();
      await running.stop();
      if (!options.database) await database.stop();
    },
  };
}

/** Tokens that need no signature: whoever holds one of ours is who it was made for. */
function testTokens() {
  const principals = new Map<string, Principal>();
  const tokens: TokenVerifier = {
    verify(token) {
      const principal = principals.get(token);
      if (principal) return Promise.resolve(principal);
      return Promise.reject(
        new Refusal("token-invalid", "No test has made this token."),
      );
    },
  };
  const tokenFor = (principal: Principal): string => {
    const token = newId();
    principals.set(token, principal);
    return token;
  };
  return { tokens, tokenFor };
}

function unanswering(): ServiceClients {
  const clients = serviceNames.map((name) => {
    const refuse = () =>
      Promise.reject(
        new Refusal(
          `${name}-unavailable`,
          `There is no ${name} service in this test.`,
        ),
      );
    return [name, { get: refuse, post: refuse } satisfies ServiceClient];
  });
  return Object.fromEntries(clients);
}

/** Gives a draft what its publisher would have given it. */
function completing() {
  const sequences = new Map<string, number>();
  return (message: Draft & Partial<Message>): Message => {
    const isCommand = message.topic.endsWith("-commands");
    const sequence =
      message.sequence ?? (sequences.get(message.subject) ?? 0) + 1;
    sequences.set(message.subject, sequence);
    return {
      id: newId(),
      source: "test",
      time: new Date().toISOString(),
      correlationId: newId(),
      ...(isCommand && { attempt: 1 }),
      ...message,
      sequence,
    };
  };
}

function recordOf(message: Message): ReceivedRecord {
  const { id, source, time, topic, key, data } = message;
  return {
    topic,
    key,
    headers: headersOf(
      { draft: message, cause: message, ...message },
      { id, source, time },
    ),
    value: JSON.stringify(data),
    position: `${topic}/0@0`,
  };
}

const allPublished =
  "SELECT topic, key, headers, payload AS value FROM outbox ORDER BY position";
type OutboxRow = Omit<ReceivedRecord, "position">;

const everyType = new Set(contracts.map(({ type }) => type));

function messageOf(row: OutboxRow): Message {
  const decoded = decode({ ...row, position: "outbox" }, everyType);
  if ("message" in decoded) return decoded.message;
  throw new Error(
    `Published what nobody can read: ${decoded.unreadable.detail}`,
  );
}
