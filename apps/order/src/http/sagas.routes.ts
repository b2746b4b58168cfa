import type { Queryable } from "@cartwright/database/tx";
import { ok } from "@cartwright/http/reply";
import { get, post, type Route } from "@cartwright/http/route";
import type { Operator } from "@cartwright/messaging/operator-actions";
import type { SagaEngine } from "@cartwright/saga/engine";
import type { SagaInstance } from "@cartwright/saga/instance";
import type { OperatorCommand } from "@cartwright/saga/operate";
import { sagaReader } from "@cartwright/saga/saga-reader";
import type { OrderDecider } from "../domain/order.ts";
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

type Operate = (
  sagaId: string,
  command: OperatorCommand,
  operator: Operator,
) => Promise<SagaInstance>;

/** What operators may see of sagas, and do to them. */
export const sagaRoutes = (
  db: Queryable,
  sagas: SagaEngine<OrderDecider>,
  operate: Operate,
): readonly Route[] => [
  ...readSagas(db, sagas),
  commandRoute(operate, "retry", {
    ...{ action: "retry", refusals: [] },
    summary: "Send the command in hand again now, and wait for it anew",
  }),
  commandRoute(operate, "skip", {
    ...{ action: "skip", refusals: ["cannot-skip"] },
    summary:
      "Take the step in hand, or its undo, for done though nobody says so",
  }),
  commandRoute(operate, "compensation", {
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
    handle: async ({ params, body: { outcome, reason }, user }) =>
      ok(
        stateOf(
          await operate(
            params.sagaId,
            { action: "close", outcome },
            { id: user.id, reason },
          ),
        ),
      ),
  }),
];

const everyCommand = ["not-found", "saga-finished", "version-unknown"];

const readSagas = (
  db: Queryable,
  sagas: SagaEngine<OrderDecider>,
): readonly Route[] => [
  get("/api/v1/sagas", {
    summary: "Sagas, newest first",
    access: "sagas.read",
    query: sagaQuery,
    responses: { 200: sagaPage },
    handle: async ({ query: { cursor, limit, ...filter } }) => {
      const more = { after: cursor, limit: limit + 1 };
      const runs = await sagaReader.page(db, filter, more);
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
    handle: async ({ params: { sagaId } }) =>
      ok(sagaDetailsOf(await getSaga(db, sagas, sagaId))),
  }),
];

const commandRoute = (
  operate: Operate,
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
    handle: async ({ params, body: { reason }, user }) => {
      const { action } = command;
      const operator = { id: user.id, reason };
      return ok(stateOf(await operate(params.sagaId, { action }, operator)));
    },
  });
