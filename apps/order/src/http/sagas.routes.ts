import type { Cause } from "@cartwright/contracts/message";
import type { Transact, Tx } from "@cartwright/database/tx";
import { once, onceOf } from "@cartwright/http/idempotency";
import { ok, type Reply } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import type { SagaInstance } from "@cartwright/saga/instance";
import type { OperatorCommand } from "@cartwright/saga/operate";
import { sagaReader } from "@cartwright/saga/saga-reader";
import type { SagaOperation } from "../commands/operate-saga.ts";
import { getSaga } from "../queries/get-saga.ts";
import {
  closureBody,
  operatorBody,
  sagaDetailsOf,
  sagaDetailsView,
  sagaPage,
  sagaParams,
  sagaQuery,
  sagaState,
  sagaViewOf,
  stateOf,
} from "./saga-schemas.ts";

type Operating = {
  readonly db: { readonly transaction: Transact };
  readonly operate: (
    operation: SagaOperation,
  ) => Promise<(tx: Tx) => Promise<SagaInstance>>;
};

/** What operators may see of sagas, and do to them. */
export const sagaRoutes = (
  view: Parameters<typeof getSaga>[0],
  operating: Operating,
): readonly Route[] => [
  ...readSagas(view),
  commandRoute(operating, "retry", {
    ...{ action: "retry", refusals: [] },
    summary: "Send the command in hand again now, and wait for it anew",
  }),
  commandRoute(operating, "skip", {
    ...{ action: "skip", refusals: ["cannot-skip"] },
    summary:
      "Take the step in hand, or its undo, for done though nobody says so",
  }),
  commandRoute(operating, "compensation", {
    ...{ action: "compensate" },
    refusals: ["past-the-pivot", "already-compensating"],
    summary: "Undo everything so far; only before the point of no return",
  }),
  post("/api/v1/sagas/:sagaId/closure", {
    summary: "End a stuck or parked saga with an outcome that you vouch for",
    access: "sagas.write",
    params: sagaParams,
    body: closureBody,
    responses: { 200: sagaState },
    refusals: [...everyCommand, "not-stuck", "cannot-close-so"],
    idempotency: "accepted",
    handle: ({ body: { outcome, reason }, ...request }) => {
      const command = { action: "close", outcome } as const;
      return operateOnce(operating, request, { command, reason });
    },
  }),
];

const everyCommand = ["not-found", "saga-finished", "version-unknown"];

const readSagas = (view: Parameters<typeof getSaga>[0]): readonly Route[] => [
  get("/api/v1/sagas", {
    summary: "Sagas, newest first",
    access: "sagas.read",
    query: sagaQuery,
    responses: { 200: sagaPage },
    handle: async ({ query: { cursor, limit, ...filter } }) => {
      const more = { after: cursor, limit: limit + 1 };
      const runs = await sagaReader.page(view.db, filter, more);
      const items = runs.slice(0, limit).map(sagaViewOf);
      const nextCursor = runs.length > limit ? items.at(-1)?.id : undefined;
      return ok({ items, ...(nextCursor && { nextCursor }) });
    },
  }),
  get("/api/v1/sagas/:sagaId", {
    summary:
      "One saga: where it is, what it waits for, and all that has happened to it",
    access: "sagas.read",
    params: sagaParams,
    responses: { 200: sagaDetailsView },
    refusals: ["not-found"],
    handle: async ({ params: { sagaId }, cause }) =>
      ok(sagaDetailsOf(await getSaga(view, sagaId, cause))),
  }),
];

const commandRoute = (
  operating: Operating,
  noun: string,
  command: Exclude<OperatorCommand, { action: "close" }> & {
    readonly summary: string;
    readonly refusals: readonly string[];
  },
): Route =>
  post(`/api/v1/sagas/:sagaId/${noun}`, {
    summary: command.summary,
    access: "sagas.write",
    params: sagaParams,
    body: operatorBody,
    responses: { 200: sagaState },
    refusals: [...everyCommand, ...command.refusals],
    idempotency: "accepted",
    handle: ({ body: { reason }, ...request }) => {
      const { action } = command;
      return operateOnce(operating, request, { command: { action }, reason });
    },
  });

type OperatorRequest = Parameters<typeof onceOf>[0] & {
  readonly params: { readonly sagaId: string };
  readonly cause: Cause;
};

/** A `skip` that is repeated must not skip the next step too. */
async function operateOnce(
  { db, operate }: Operating,
  request: OperatorRequest,
  {
    command,
    reason,
  }: { readonly command: OperatorCommand; readonly reason: string },
): Promise<Reply> {
  const { params, user, cause } = request;
  const operator = { id: user.id, reason };
  const work = await operate({ ...params, command, operator, cause });
  const what = `POST /sagas/${params.sagaId} ${command.action}`;
  return once(db, onceOf(request, what), async (tx) =>
    ok(stateOf(await work(tx))),
  );
}
