import type { Definitions } from "./definition.ts";

export const sagaMetrics = {
  cartwright_saga_runs: {
    type: "gauge",
    unit: "{run}",
    labels: ["saga", "step", "status"],
    help: "Saga runs that have not ended, by the step in hand.",
  },
  cartwright_saga_oldest_age_seconds: {
    type: "gauge",
    unit: "s",
    labels: ["saga", "step", "status"],
    help: "For how long the oldest of these runs has been at its step.",
  },
  cartwright_sagas_stuck: {
    type: "gauge",
    unit: "{run}",
    labels: [],
    help: "Saga runs that need a person.",
  },
  cartwright_answers_ahead_total: {
    type: "counter",
    unit: "{answer}",
    labels: [],
    help: "Answers to commands that the database knows nothing of: commits were lost.",
  },
} as const satisfies Definitions;
