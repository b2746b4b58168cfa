/** Something with a life: started after what it needs, stopped before it. */
export type Part = {
  readonly name: string;
  start?(): Promise<void>;
  /** Finishes what is in hand, then lets go. Called once, after a successful start. */
  stop?(): Promise<void>;
  /** How the part is doing; absent means there is nothing to report. */
  health?(): Promise<PartHealth> | PartHealth;
};

/**
 * `failing` takes the process out of service (readiness); `degraded` only shows, since checkout goes on;
 * `dead` asks for a restart (liveness).
 */
export type PartHealth = {
  readonly status: "up" | "degraded" | "failing" | "dead";
  readonly detail?: string;
};
