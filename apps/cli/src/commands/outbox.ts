import { addressOf } from "../address.ts";
import { reasonOf, type Command, type Input, type Result } from "../command.ts";
import { UsageError } from "../failures.ts";
import { services } from "../services.ts";
import { table } from "../table.ts";

type Backlog = {
  readonly outbox: {
    readonly waiting: number;
    readonly oldestAge: number | null;
    readonly failed: number;
  };
  readonly relay: { readonly expiresAt: string } | null;
  readonly parked: { readonly keys: number; readonly messages: number };
  readonly lag: readonly { readonly behind: number }[] | null;
};

type FailedMessage = {
  readonly id: number;
  readonly subject: string;
  readonly type: string;
  readonly bytes: number;
  readonly failure: string;
  readonly createdAt: string;
};

/** The longer names first. */
export const outboxCommands: readonly Command[] = [
  {
    name: "outbox failed",
    options: ["service", "limit", "cursor"],
    summary: "Messages that cannot be published; their subjects wait",
    run: failed,
  },
  {
    ...{ name: "outbox retry", argument: "service/id", options: ["reason"] },
    summary: "Publish one again, and then what waits behind it",
    run: (input) => treat(input, "retry", "is published again within a second"),
  },
  {
    ...{ name: "outbox discard", argument: "service/id", options: ["reason"] },
    summary: "Give one up for good; whoever hears its subject misses it",
    run: (input) => treat(input, "discard", "is given up"),
  },
  {
    name: "outbox",
    options: ["service"],
    summary:
      "What waits in each service to be published, heard, or for a person",
    run: outbox,
  },
];

async function outbox({ api, options }: Input): Promise<Result> {
  const all = await Promise.all(
    services(options.service).map(async (service) => ({
      service,
      ...(await api.get<Backlog>(`/operations/${service}/outbox`)),
    })),
  );
  const rows = all.map((one) => [
    one.service,
    one.outbox.waiting,
    one.outbox.oldestAge === null
      ? null
      : `${Math.round(one.outbox.oldestAge)} s`,
    one.outbox.failed,
    one.relay?.expiresAt ?? "the bus",
    one.lag?.reduce((sum, { behind }) => sum + behind, 0) ?? "unknown",
    one.parked.messages,
  ]);
  const head = [
    ...["service", "waiting", "oldest", "failed", "relay until", "lag"],
    "parked",
  ];
  return { data: { items: all }, text: table(head, rows) };
}

async function failed({ api, options }: Input): Promise<Result> {
  const { limit, cursor } = options;
  if (cursor !== undefined && options.service === undefined)
    throw new UsageError("A --cursor belongs to one --service.");
  const pages = await Promise.all(
    services(options.service).map(async (service) => ({
      service,
      page: await api.get<{ items: FailedMessage[]; nextCursor?: number }>(
        `/operations/${service}/outbox/failed`,
        { limit, cursor },
      ),
    })),
  );
  const items = pages.flatMap(({ service, page }) =>
    page.items.map((message) => ({ service, ...message })),
  );
  const more = pages.flatMap(({ service, page }) =>
    page.nextCursor === undefined
      ? []
      : [`\nMore: --service ${service} --cursor ${page.nextCursor}`],
  );
  const rows = items.map((one) => [
    ...[`${one.service}/${one.id}`, one.subject, one.type, one.bytes],
    ...[one.createdAt, one.failure],
  ]);
  const head = ["id", "subject", "type", "bytes", "since", "failure"];
  const text = table(head, rows, "Nothing has failed.") + more.join("");
  return { data: { items }, text };
}

async function treat(
  { api, options, argument }: Input,
  verb: "retry" | "discard",
  outcome: string,
): Promise<Result> {
  const { service, id } = addressOf(argument, "outbox failed");
  const message = await api.post<FailedMessage>(
    `/operations/${service}/outbox/failed/${id}/${verb}`,
    { reason: reasonOf(options) },
  );
  const text = `${message.type} of ${message.subject} ${outcome}.`;
  return { data: { service, ...message }, text };
}
