import { keyOf, type TableDefinition } from "../table-definition.ts";

export type SagaInstanceRow = {
  readonly id: string;
  readonly saga: string;
  readonly version: number;
  readonly key: string;
  readonly status: string;
  readonly direction: string;
  readonly step: string | null;
  readonly command_id: string | null;
  readonly attempt: number;
  readonly sequence: number;
  readonly logged: number;
  readonly unwanted: boolean;
  readonly reason: string | null;
  readonly deadline: number | null;
  readonly wake_at: number | null;
  readonly step_since: number;
  readonly started_at: number;
};

export type SagaMemoryRow = {
  readonly id: string;
  readonly memory: string;
  readonly cause: string;
};

export type SagaLogRow = {
  readonly saga_id: string;
  readonly sequence: number;
  readonly step: string | null;
  readonly entry: string;
  readonly detail: string | null;
  readonly at: number;
};

const statuses = new Set([
  "running",
  "compensating",
  "completed",
  "compensated",
  "stuck",
]);

const isEnded = (status: string): boolean =>
  status === "completed" || status === "compensated";

export const sagaInstances: TableDefinition<SagaInstanceRow> = {
  name: "saga_instances",
  key: ({ id }) => id,
  indexes: {
    key: ({ key }) => key,
    wake: ({ wake_at }) => (wake_at === null ? undefined : "some"),
  },
  checks: {
    saga_instances_status_check: ({ status }) => statuses.has(status),
    saga_instances_step_check: ({ step, status }) =>
      (step === null) === isEnded(status),
  },
};

export const sagaMemories: TableDefinition<SagaMemoryRow> = {
  name: "saga_memories",
  key: ({ id }) => id,
};

export const sagaLog: TableDefinition<SagaLogRow> = {
  name: "saga_log",
  key: ({ saga_id, sequence }) => keyOf(saga_id, sequence),
  indexes: { saga: ({ saga_id }) => saga_id },
};
