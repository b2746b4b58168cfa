import { timeShape } from "@cartwright/contracts/shapes";
import { idParam } from "@cartwright/http/id-param";
import { operatorReason } from "@cartwright/http/operator-reason";
import { parkedShape } from "@cartwright/http/parked-shape";
import { sagaStatuses, type SagaInstance } from "@cartwright/saga/instance";
import type { LoggedLine, SagaRun } from "@cartwright/saga/saga-reader";
import { z } from "zod";
import type { SagaDetails } from "../queries/get-saga.ts";

export const sagaParams = z.object({ sagaId: idParam });

export const sagaQuery = z.strictObject({
  status: z.enum(sagaStatuses).optional(),
  saga: z.string().min(1).max(100).optional(),
  key: idParam.optional().describe("The order's id."),
  olderThan: z.coerce
    .number()
    .int()
    .nonnegative()
    .max(1_000_000_000)
    .optional()
    .describe("Begun at least so many seconds ago."),
  /** The last saga of the page before. */
  cursor: idParam.optional(),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});

export const operatorBody = z.strictObject({ reason: operatorReason });

export const closureBody = z.strictObject({
  outcome: z
    .enum(["completed", "compensated"])
    .describe("What the operator vouches for: all of it happened, or none."),
  reason: operatorReason,
});

export const sagaState = z.object({
  id: z.guid(),
  saga: z.string(),
  version: z.int(),
  key: z.string(),
  status: z.enum(sagaStatuses),
  direction: z.enum(["forward", "backward"]),
  step: z.string().nullable(),
  attempt: z.int(),
  reason: z.string().nullable(),
});

export const sagaView = sagaState.extend({
  startedAt: timeShape,
  stepSince: timeShape,
  deadline: timeShape.nullable(),
});

export const sagaPage = z.object({
  items: z.array(sagaView),
  nextCursor: z.guid().optional(),
});

const lineView = z.object({
  sequence: z.int(),
  at: timeShape,
  step: z.string().nullable(),
  entry: z.string(),
  detail: z.string().nullable(),
});

export const sagaDetailsView = sagaView.extend({
  /** The payment token is left out. */
  memory: z.record(z.string(), z.unknown()),
  awaits: z
    .object({
      command: z.string(),
      commandId: z.guid(),
      attempt: z.int(),
      yes: z.string().nullable(),
      no: z.string().nullable(),
    })
    .nullable(),
  stuck: z
    .object({
      step: z.string(),
      since: timeShape,
      attempts: z.int(),
      lastRefusal: lineView.nullable(),
    })
    .nullable(),
  parked: parkedShape.extend({
    unknown: z.array(z.string()).describe("Services that did not say."),
  }),
  log: z.array(lineView),
});

export const stateOf = (run: SagaInstance): z.input<typeof sagaState> => ({
  id: run.id,
  saga: run.saga,
  version: run.version,
  key: run.key,
  status: run.status,
  direction: run.direction,
  step: run.step,
  attempt: run.attempt,
  reason: run.reason,
});

export const sagaViewOf = (run: SagaRun): z.input<typeof sagaView> => ({
  ...stateOf(run),
  startedAt: run.startedAt.toISOString(),
  stepSince: run.stepSince.toISOString(),
  deadline: run.deadline?.toISOString() ?? null,
});

const lineOf = ({ at, ...line }: LoggedLine) => ({
  ...line,
  at: at.toISOString(),
});

export const sagaDetailsOf = ({
  run,
  log,
  awaits,
  lastRefusal,
  parked,
}: SagaDetails): z.input<typeof sagaDetailsView> => ({
  ...sagaViewOf(run),
  memory: withoutToken(run.memory),
  awaits: awaits ?? null,
  stuck:
    run.status === "stuck"
      ? {
          step: run.step ?? "",
          since: run.stepSince.toISOString(),
          attempts: run.attempt,
          lastRefusal: lastRefusal ? lineOf(lastRefusal) : null,
        }
      : null,
  parked: { items: [...parked.items], unknown: [...parked.unknown] },
  log: log.map(lineOf),
});

/** Whoever has the token can charge the card. */
function withoutToken(memory: unknown): Record<string, unknown> {
  const { paymentToken: _, ...rest } = memory as Record<string, unknown>;
  return rest;
}
