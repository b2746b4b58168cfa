import { inventoryReleased } from "@cartwright/contracts/inventory";
import type { Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import { once } from "@cartwright/http/idempotency";
import { attemptStore } from "@cartwright/messaging/attempt-store";
import { consumerOf } from "@cartwright/messaging/consumer-group";
import {
  discardedAmong,
  rememberDiscarded,
} from "@cartwright/messaging/discarded";
import { unseen } from "@cartwright/messaging/inbox";
import { lockGuards } from "@cartwright/messaging/guards";
import { leaseKeeper } from "@cartwright/messaging/lease";
import type { Sight } from "@cartwright/messaging/outbox-floor";
import { tidy } from "@cartwright/messaging/maintenance";
import {
  lockParkedKeys,
  park,
  typesWaitingUnder,
  unpark,
  waitingUnder,
  type ParkReason,
} from "@cartwright/messaging/parked";
import { outboxRows } from "@cartwright/messaging/relay/outbox-rows";
import {
  advanceSequences,
  lockSequences,
  saveSequences,
} from "@cartwright/messaging/sequences";
import {
  repeatAnswersTo,
  transactionalOutbox,
} from "@cartwright/messaging/transactional-outbox";
import { eventId, type Draw } from "./draw.ts";
import { operation, type OperationKind } from "./operation.ts";

const clock = { now: () => new Date("2030-01-01T00:00:00Z") };
const outbox = transactionalOutbox({
  source: "order",
  clock,
  wake: () => undefined,
});

const [outboxIds, commandIds, attemptIds, holders] = [1, 2, 3, 4];
const consumer = (draw: Draw) => draw.pick(["one", "two"]);
const subjects = (draw: Draw) => draw.some(["order/1", "order/2", "order/3"]);
const keys = (draw: Draw) => draw.some(["k1", "k2", "k3"]);
const now = Date.now();

const released = (orderId: string) =>
  inventoryReleased({
    ...{ orderId, lines: [], releasedAt: "2030-01-01T00:00:00.000Z" },
  });

const append: OperationKind = (draw) =>
  operation(
    "outbox.append",
    draw.ids(outboxIds).map((id) => ({
      id,
      sequence: draw.integer(1, 9),
      commandId: draw.orNull(draw.id(commandIds)),
    })),
    (tx, messages) =>
      outbox.append(
        tx,
        messages.map(({ id, sequence, commandId }) => ({
          id,
          sequence,
          draft: released(id),
          cause: {
            correlationId: "flow",
            ...(commandId !== null && { commandId }),
          },
        })),
      ),
  );

/** One at a time: of several the plan decides which comes first. */
const repeatAnswers: OperationKind = (draw) =>
  operation("repeatAnswersTo", [draw.id(commandIds)], repeatAnswersTo);

const relayLease = (draw: Draw) => ({
  holder: draw.id(holders, 2),
  token: draw.integer(1, 2),
});

/** Transactions are numbered by each database in its own way. */
const sightless: Sight = { endedBefore: 0, begunBefore: 0 };

const relayExchange: OperationKind = (draw) =>
  operation(
    "relay exchange",
    {
      lease: relayLease(draw),
      published: draw.chance(0.5) ? draw.some([1, 2, 3, 4]).sort() : [],
      limit: draw.pick([0, 2, 500]),
      floor: draw.pick([0, 0, 2]),
      blocked: draw.chance(0.3)
        ? draw.ids(outboxIds).map((id) => released(id).subject)
        : [],
      largestPayload: draw.pick([1, 1_000]),
    },
    async (tx, { lease, ...exchange }) => {
      const { rows, sight } = await outboxRows.exchange(tx, lease, exchange);
      const found = rows.map((row) => ({ ...row, ...sightless }));
      return { found, isHeld: sight !== undefined };
    },
  );

const relayPayloads: OperationKind = (draw) =>
  operation("relay payloads", draw.some([1, 2, 3, 4]), (tx, positions) =>
    outboxRows.payloads(tx, positions),
  );

const relaySetAside: OperationKind = (draw) =>
  operation(
    "relay set aside",
    { lease: relayLease(draw), positions: draw.some([1, 2, 3, 4]) },
    (tx, { lease, positions }) =>
      outboxRows.setAside(
        tx,
        lease,
        positions.map((position) => ({ position, reason: "too large" })),
      ),
  );

const relayFailedSubjects: OperationKind = () =>
  operation(
    "relay failed subjects",
    undefined,
    async (tx) => new Set(await outboxRows.failedSubjects(tx)),
  );

/** The keeper's own holder and duration replaced by drawn ones. */
const standingIn = (tx: Tx, values: readonly unknown[]): Tx => ({
  ...tx,
  query: (statement, given = []) =>
    tx.query(
      statement,
      given.map((value, index) => values[index] ?? value),
    ),
});

const acquire: OperationKind = (draw) =>
  operation(
    "lease.current",
    { holder: draw.id(holders, 2), lasts: draw.pick([-1_000, 60_000]) },
    async (tx, { holder, lasts }) =>
      (
        await leaseKeeper(
          standingIn(tx, ["relay", holder, lasts]),
          "relay",
        ).current()
      )?.token,
  );

const release: OperationKind = (draw) =>
  operation("lease.release", draw.id(holders, 2), (tx, holder) =>
    leaseKeeper(standingIn(tx, ["relay", holder]), "relay").release(),
  );

const recordEvents: OperationKind = (draw) =>
  operation(
    "inbox of events",
    {
      consumer: consumer(draw),
      ids: draw.chance(0.05)
        ? ["00000000-0000-7000-8000-000000000001"]
        : draw.some([1, 2, 3, 4]).map((n) => eventId(now, n)),
    },
    async (tx, { consumer, ids }) =>
      [
        ...(await unseen(
          tx,
          consumer,
          ids.map((id) => ({ id }) as Message),
        )),
      ].map(({ id }) => id),
  );

const recordCommands: OperationKind = (draw) =>
  operation(
    "inbox of commands",
    {
      consumer: consumer(draw),
      commands: draw
        .ids(commandIds)
        .map((id) => ({ id, attempt: draw.integer(1, 2) })),
    },
    async (tx, { consumer, commands }) => [
      ...(await unseen(tx, consumer, commands as unknown as Message[])),
    ],
  );

const unreadable = (draw: Draw) => ({
  record: {
    ...{ topic: "order-events", key: "k1", headers: {}, value: "no json" },
    position: `order-events/0@${draw.integer(1, 3)}`,
  },
  unreadable: { reason: "malformed" as const, detail: "…" },
});

const discardRemember: OperationKind = (draw) =>
  operation(
    "rememberDiscarded",
    { consumer: consumer(draw), record: unreadable(draw).record },
    (tx, { consumer, record }) => rememberDiscarded(tx, consumer, record),
  );

const discardFind: OperationKind = (draw) =>
  operation(
    "discardedAmong",
    { consumer: consumer(draw), records: [unreadable(draw)] },
    async (tx, { consumer, records }) => [
      ...(await discardedAmong(tx, consumer, records)),
    ],
  );

const sequencesLock: OperationKind = (draw) =>
  operation(
    "lockSequences",
    { consumer: consumer(draw), subjects: subjects(draw) },
    (tx, { consumer, subjects }) => lockSequences(tx, consumer, subjects),
  );

const sequencesSave: OperationKind = (draw) =>
  operation(
    "saveSequences",
    {
      consumer: consumer(draw),
      lasts: subjects(draw).map((one) => [one, draw.integer(1, 5)] as const),
    },
    (tx, { consumer, lasts }) => saveSequences(tx, consumer, new Map(lasts)),
  );

const sequencesAdvance: OperationKind = (draw) =>
  operation(
    "advanceSequences",
    {
      consumer: consumer(draw),
      lasts: subjects(draw).map((one) => [one, draw.integer(1, 5)] as const),
      before: draw.chance(0.5) ? subjects(draw) : [],
    },
    (tx, { consumer, lasts, before }) =>
      advanceSequences(
        tx,
        consumer,
        new Map(lasts),
        new Map(before.map((one) => [one, 1])),
      ),
  );

const guardsLock: OperationKind = (draw) =>
  operation(
    "lockGuards",
    {
      consumer: consumer(draw),
      keys: draw.chance(0.3) ? keys(draw) : [],
      subjects: subjects(draw),
    },
    (tx, { consumer, keys, subjects }) =>
      lockGuards(tx, consumer, keys, subjects),
  );

const parkedLock: OperationKind = (draw) =>
  operation(
    "lockParkedKeys",
    { consumer: consumer(draw), keys: keys(draw) },
    (tx, { consumer, keys }) => lockParkedKeys(tx, consumer, keys),
  );

const parkRecords: OperationKind = (draw) =>
  operation(
    "park",
    {
      consumer: consumer(draw),
      records: [...keys(draw), ""].slice(0, draw.integer(1, 3)).map((key) => ({
        key,
        n: draw.integer(1, 3),
        id: draw.orNull(`m${draw.integer(1, 3)}`),
        reason: draw.pick<ParkReason>(["sequence-gap", "handler-failed"]),
      })),
    },
    (tx, { consumer, records }) =>
      park(
        tx,
        consumer,
        records.map(({ key, n, id, reason }) => ({
          record: {
            topic: "order-events",
            key,
            position: `order-events/0@${n}`,
            headers: { ce_type: `t${n}`, ...(id !== null && { ce_id: id }) },
            value: "{}",
          },
          reason,
          detail: "…",
        })),
      ),
  );

const waiting: OperationKind = (draw) =>
  operation(
    "waitingUnder",
    { consumer: consumer(draw), keys: keys(draw) },
    (tx, { consumer, keys }) => waitingUnder(tx, consumer, keys, 2),
  );

const types: OperationKind = (draw) =>
  operation(
    "typesWaitingUnder",
    { consumer: consumer(draw), keys: keys(draw) },
    (tx, { consumer, keys }) => typesWaitingUnder(tx, consumer, keys),
  );

const free: OperationKind = (draw) =>
  operation(
    "unpark",
    {
      consumer: consumer(draw),
      ids: draw.some([1, 2, 3, 4]),
      keys: draw.chance(0.5) ? keys(draw) : [],
    },
    (tx, { consumer, ids, keys }) => unpark(tx, consumer, { ids, keys }),
  );

const attemptsInsert: OperationKind = (draw) =>
  operation(
    "attempts.insert",
    draw.ids(attemptIds).map((id) => ({
      id,
      kind: "authorize",
      subjectId: draw.pick(["s1", "s2"]),
      request: { n: draw.integer(1, 9) },
      cause: { correlationId: "flow" },
      delay: draw.pick([0, 3_600_000]),
      leased: draw.chance(0.5),
    })),
    (tx, attempts) => attemptStore.insert(tx, attempts),
  );

const attemptsClaim: OperationKind = (draw) =>
  operation(
    "attempts.claim",
    draw.pick([3, 10]),
    async (tx, limit) =>
      new Set(await attemptStore.claim(tx, limit, 3_600_000)),
  );

const attemptsRemove: OperationKind = (draw) =>
  operation("attempts.remove", draw.ids(attemptIds), (tx, ids) =>
    attemptStore.remove(tx, ids),
  );

const attemptsPostpone: OperationKind = (draw) =>
  operation(
    "attempts.postpone",
    draw.ids(attemptIds).map((id) => ({
      id,
      retryIn: draw.pick([0, 3_600_000]),
      reason: "no answer",
    })),
    (tx, rows) => attemptStore.postpone(tx, rows),
  );

const attemptsHasten: OperationKind = (draw) =>
  operation("attempts.hasten", draw.some(["s1", "s2"]), (tx, subjects) =>
    attemptStore.hasten(tx, subjects),
  );

const began: OperationKind = (draw) =>
  operation("consumerOf", consumer(draw), async (tx, group) => {
    await consumerOf(tx, group, []);
  });

const idempotent: OperationKind = (draw) =>
  operation(
    "once",
    {
      scope: draw.pick(["a", "b"]),
      key: draw.pick(["k1", "k2"]),
      fingerprint: draw.pick(["f", "f", "g"]),
      body: draw.orNull({ n: draw.integer(1, 9) }),
    },
    (tx, { body, ...request }) =>
      once(
        { transaction: <R>(work: (tx: Tx) => Promise<R>) => work(tx) },
        request,
        async () => ({ status: 201, ...(body !== null && { body }) }),
      ),
  );

/** Only while nobody else is there: it locks partitions. */
export const tidying: OperationKind = () =>
  operation("tidy", undefined, (tx) => tidy(tx));

/** What every service's schema has. */
export const messagingOperations: readonly OperationKind[] = [
  append,
  append,
  repeatAnswers,
  relayExchange,
  relayExchange,
  relayPayloads,
  relaySetAside,
  relayFailedSubjects,
  acquire,
  acquire,
  release,
  recordEvents,
  recordCommands,
  discardRemember,
  discardFind,
  sequencesLock,
  sequencesSave,
  sequencesAdvance,
  guardsLock,
  parkedLock,
  parkRecords,
  parkRecords,
  waiting,
  types,
  free,
  attemptsInsert,
  attemptsInsert,
  attemptsClaim,
  attemptsRemove,
  attemptsPostpone,
  attemptsHasten,
  began,
  idempotent,
];
