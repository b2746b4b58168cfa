import type { ServiceName } from "@cartwright/contracts/services";
import { addressOf } from "../address.ts";
import type { Json } from "../api.ts";
import {
  reasonOf,
  type ApiCommand,
  type Input,
  type Result,
} from "../command.ts";
import { UsageError } from "../failures.ts";
import { serviceNamed, services } from "../services.ts";
import { facts, table } from "../table.ts";

type DeadLetter = {
  readonly id: number;
  readonly key: string;
  readonly type: string | null;
  readonly reason: string;
  readonly detail: string;
  readonly parkedAt: string;
  readonly requeues: number;
  readonly position: string;
};
type DeadLetterDetails = DeadLetter & {
  readonly headers: Json;
  readonly payload: string;
};
type Requeued = {
  readonly handled: number;
  readonly dropped: number;
  readonly stopped: readonly {
    readonly id: number;
    readonly reason: string;
    readonly detail: string;
  }[];
  readonly remaining: number;
};

export const dlqCommands: readonly ApiCommand[] = [
  {
    name: "dlq list",
    options: ["service", "key", "type", "cause", "limit", "cursor"],
    summary: "Messages that were set aside; --cause as in `handler-failed`",
    run: list,
  },
  {
    ...{ name: "dlq show", argument: "service/id", options: [] },
    summary: "One message with its headers and payload",
    run: show,
  },
  {
    ...{
      name: "dlq requeue",
      argument: "service/id",
      isArgumentOptional: true,
    },
    options: ["service", "key", "type", "cause", "accept-gap", "reason"],
    summary:
      "Handle it again and what waits behind it; or, with --service, all that matches",
    run: requeue,
  },
  {
    ...{ name: "dlq discard", argument: "service/id", options: ["reason"] },
    summary: "Give a message up for good",
    run: discard,
  },
];

async function list({ api, options }: Input): Promise<Result> {
  const { key, type, cause, limit, cursor } = options;
  if (cursor !== undefined && options.service === undefined)
    throw new UsageError("A --cursor belongs to one --service.");
  const pages = await Promise.all(
    services(options.service).map(async (service) => ({
      service,
      page: await api.find<{ items: DeadLetter[]; nextCursor?: number }>(
        `/operations/${service}/dead-letters`,
        { key, type, limit, cursor, reason: cause },
      ),
    })),
  );
  const items = pages.flatMap(({ service, page }) =>
    (page?.items ?? []).map((letter) => ({ service, ...letter })),
  );
  const more = pages.flatMap(({ service, page }) =>
    page?.nextCursor === undefined
      ? []
      : [`\nMore: --service ${service} --cursor ${page.nextCursor}`],
  );
  const rows = items.map((one) => [
    ...[`${one.service}/${one.id}`, one.reason, one.type, one.key],
    ...[one.parkedAt, one.requeues, one.detail],
  ]);
  const head = ["id", "cause", "type", "key", "since", "requeues", "detail"];
  const text = table(head, rows, "Nothing waits.") + more.join("");
  return { data: { items }, text };
}

async function show({ api, argument }: Input): Promise<Result> {
  const { service, path } = letterAt(argument);
  const letter = await api.get<DeadLetterDetails>(path);
  const { headers, payload, detail, ...rest } = letter;
  const text = [facts({ service, ...rest }), facts(headers), payload, detail];
  return { data: { service, ...letter }, text: text.join("\n\n") };
}

async function requeue({ api, options, argument }: Input): Promise<Result> {
  const { key, type, cause } = options;
  const filter = { key, type, reason: cause };
  const isFiltered = Object.values(filter).some((one) => one !== undefined);
  if ((argument !== "") === isFiltered)
    throw new UsageError(
      "Name one message, as in `dlq requeue payment/12`, or --service with --key, --type or --cause.",
    );
  const reason = reasonOf(options);
  if (argument !== "") {
    const acceptGap = options["accept-gap"];
    const body = { reason, ...(acceptGap && { acceptGap }) };
    const { path } = letterAt(argument);
    return outcomeOf(await api.post<Requeued>(`${path}/requeue`, body));
  }
  if (options.service === undefined)
    throw new UsageError(
      "Name the --service whose messages are to be requeued.",
    );
  const root = rootOf(serviceNamed(options.service));
  return outcomeOf(
    await api.post<Requeued>(`${root}/requeue`, { filter, reason }),
  );
}

async function discard({ api, options, argument }: Input): Promise<Result> {
  const { path } = letterAt(argument);
  const body = { reason: reasonOf(options) };
  return outcomeOf(
    await api.post<Requeued>(`${path}/discard`, body),
    "Discarded. Behind it: ",
  );
}

function outcomeOf(requeued: Requeued, before = ""): Result {
  const { handled, dropped, stopped, remaining } = requeued;
  const counts = `${handled} handled, ${dropped} dropped, ${stopped.length} stopped.`;
  const why = stopped.map(
    ({ id, reason, detail }) =>
      `\n  ${id} ${reason}: ${detail.split("\n", 1).join()}`,
  );
  const left = leftOf(remaining, stopped.length);
  return { data: requeued, text: `${before}${counts}${why.join("")}${left}` };
}

/** Of those that still wait each key has stopped, or one request was not enough. */
const leftOf = (remaining: number, stopped: number): string => {
  if (remaining === 0) return "";
  const again = remaining > stopped ? "; requeue again to go on" : "";
  return `\n${remaining} still wait${again}.`;
};

const rootOf = (service: ServiceName): string =>
  `/operations/${service}/dead-letters`;

function letterAt(address: string) {
  const { service, id } = addressOf(address, "dlq list");
  return { service, path: `${rootOf(service)}/${id}` };
}
