import { serviceNames } from "@cartwright/contracts/services";
import { readOrderNumber } from "@cartwright/kernel/order-number";
import type { Api } from "../api.ts";
import { reasonOf, type Command, type Input, type Result } from "../command.ts";
import { UsageError } from "../failures.ts";
import { secondsOf } from "../seconds-of.ts";
import { facts, table } from "../table.ts";

type Saga = {
  readonly id: string;
  readonly saga: string;
  readonly version: number;
  readonly key: string;
  readonly status: string;
  readonly direction: string;
  readonly step: string | null;
  readonly attempt: number;
  readonly reason: string | null;
};
type ListedSaga = Saga & { readonly stepSince: string };
type Line = {
  readonly at: string;
  readonly step: string | null;
  readonly entry: string;
  readonly detail: string | null;
};
type SagaDetails = ListedSaga & {
  readonly awaits: Readonly<Record<string, unknown>> | null;
  readonly stuck: { readonly lastRefusal: Line | null } | null;
  readonly log: readonly Line[];
};
type DeadLetter = { readonly id: number; readonly reason: string };

export const sagaCommands: readonly Command[] = [
  {
    name: "sagas list",
    options: ["status", "saga", "key", "older-than", "limit", "cursor"],
    summary: "Sagas, newest first; --older-than as in 90s, 15m, 1h or 2d",
    run: list,
  },
  {
    ...{ name: "sagas show", argument: "saga-id", options: [] },
    summary:
      "One saga: where it is, what it waits for, its story; also by an order's number, CW-…: its newest",
    run: show,
  },
  command("retry", "retry", "Send the command in hand again now"),
  command("skip", "skip", "Take the step in hand, or its undo, for done"),
  command(
    "compensate",
    "compensation",
    "Undo everything so far, before the point of no return",
  ),
  {
    ...{ name: "sagas close", argument: "saga-id" },
    options: ["outcome", "reason"],
    summary:
      "End a stuck saga; --outcome completed or compensated is yours to vouch for",
    run: close,
  },
];

async function list({ api, options }: Input): Promise<Result> {
  const { status, saga, key, limit, cursor } = options;
  const age = options["older-than"];
  const olderThan = age && secondsOf(age, "older-than");
  const page = await api.get<{ items: ListedSaga[]; nextCursor?: string }>(
    "/sagas",
    { status, saga, key, limit, cursor, olderThan },
  );
  const rows = page.items.map((one) => [
    ...[one.id, one.saga, one.status, one.step, one.attempt],
    ...[one.stepSince, one.key],
  ]);
  const head = ["id", "saga", "status", "step", "attempt", "since", "order"];
  const more = page.nextCursor ? `\nMore: --cursor ${page.nextCursor}` : "";
  return {
    data: page,
    text: table(head, rows, "No saga is like that.") + more,
  };
}

async function show({ api, argument }: Input): Promise<Result> {
  const id = await sagaIdOf(api, argument);
  const saga = await api.get<SagaDetails>(`/sagas/${pathPart(id)}`);
  const parked = await parkedElsewhere(api, saga.key);
  const text = [
    facts({
      ...{ saga: `${saga.saga} v${saga.version}`, order: saga.key },
      ...{ status: saga.status, step: saga.step, since: saga.stepSince },
      ...{ attempts: saga.attempt, reason: saga.reason },
      "waits for": saga.awaits?.command,
      "last refusal": saga.stuck?.lastRefusal?.detail,
      parked:
        parked.map(({ at, reason }) => `${at} ${reason}`).join(", ") || null,
    }),
    table(
      ["at", "step", "entry", "detail"],
      saga.log.map(({ at, step, entry, detail }) => [at, step, entry, detail]),
    ),
  ].join("\n\n");
  return { data: { ...saga, parkedAt: parked }, text };
}

/** A saga's id as it is; of an order's number, its newest saga: the cancellation, where there is one. */
async function sagaIdOf(api: Api, argument: string): Promise<string> {
  const number = readOrderNumber(argument);
  if (number === undefined) return argument;
  const order = await api.get<{ id: string }>(`/orders/${number}`);
  const { items } = await api.get<{ items: ListedSaga[] }>("/sagas", {
    ...{ key: order.id, limit: "1" },
  });
  return items[0]?.id ?? order.id;
}

/** The first message of the order that waits at each service. */
async function parkedElsewhere(api: Api, key: string) {
  const found = await Promise.all(
    serviceNames.map(async (service) => {
      const page = await api.find<{ items: DeadLetter[] }>(
        `/operations/${service}/dead-letters`,
        { key, limit: "1" },
      );
      return (page?.items ?? []).map(({ id, reason }) => ({
        ...{ at: `${service}/${id}`, reason },
      }));
    }),
  );
  return found.flat();
}

function command(verb: string, noun: string, summary: string): Command {
  return {
    ...{ name: `sagas ${verb}`, argument: "saga-id", options: ["reason"] },
    summary,
    run: async ({ api, options, argument }) => {
      const body = { reason: reasonOf(options) };
      return stateAfter(
        await api.post<Saga>(`/sagas/${pathPart(argument)}/${noun}`, body),
      );
    },
  };
}

async function close({ api, options, argument }: Input): Promise<Result> {
  const { outcome } = options;
  if (outcome !== "completed" && outcome !== "compensated")
    throw new UsageError(
      "Say what it came to with --outcome completed or --outcome compensated.",
    );
  const body = { outcome, reason: reasonOf(options) };
  return stateAfter(
    await api.post<Saga>(`/sagas/${pathPart(argument)}/closure`, body),
  );
}

const stateAfter = (saga: Saga): Result => ({
  data: saga,
  text: `${saga.id} is ${saga.status}${saga.step === null ? "" : ` at ${saga.step} (attempt ${saga.attempt})`}.`,
});

const pathPart = (text: string): string => encodeURIComponent(text);
