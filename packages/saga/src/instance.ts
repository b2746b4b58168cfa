import type { Cause } from "@cartwright/contracts/message";
import type { Id } from "@cartwright/kernel/ids";

export type SagaId = Id<"saga">;

export const sagaStatuses = [
  "running",
  "compensating",
  "completed",
  "compensated",
  "stuck",
] as const;

/**
 * `running` goes forward, `compensating` undoes, `completed` and `compensated` are ended. `stuck` needs
 * a person, though it goes on trying in its `direction`.
 */
export type SagaStatus = (typeof sagaStatuses)[number];

/** One run of a saga, as its row holds it. */
export type SagaInstance<Memory = unknown> = {
  readonly id: SagaId;
  readonly saga: string;
  readonly version: number;
  /** What it is about; the order's id. Also the partition key of its commands. */
  readonly key: string;
  readonly status: SagaStatus;
  readonly direction: "forward" | "backward";
  /** The step in hand, by name; null once ended. */
  readonly step: string | null;
  readonly memory: Memory;
  /** The command in hand, and how often it was sent. */
  readonly commandId: string | null;
  readonly attempt: number;
  /** Messages sent so far. */
  readonly sequence: number;
  /** Log lines so far. */
  readonly logged: number;
  /** Somebody wished it to stop after the pivot's command was sent. */
  readonly unwanted: boolean;
  /** Why it compensates or is stuck: a stable code. */
  readonly reason: string | null;
  /** Correlation and trace of the request that started it. */
  readonly cause: Cause;
};

export const isEnded = ({ status }: SagaInstance): boolean =>
  status === "completed" || status === "compensated";

/** A line of the saga's story, never changed once written. */
export type SagaLogLine = {
  readonly sagaId: SagaId;
  /** 1, 2, 3 … */
  readonly sequence: number;
  readonly step: string | null;
  readonly entry:
    | "started"
    | "sent"
    | "sent-again"
    | "done"
    | "refused"
    | "timed-out"
    | "stop-requested"
    | "undo-sent"
    | "undo-sent-again"
    | "undone"
    | "undo-refused"
    | "stuck"
    | "ignored"
    | "retried"
    | "skipped"
    | "compensation-forced"
    | "closed"
    | "completed"
    | "compensated";
  /** A code or message type that explains the entry; of what an operator did, who and why. */
  readonly detail: string | null;
};
