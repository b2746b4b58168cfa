import { Refusal } from "@cartwright/kernel/refusal";
import type { Step } from "./define-saga.ts";
import { isEnded, type SagaInstance } from "./instance.ts";
import type { Turn } from "./turn.ts";

/** What an operator may have a run do. */
export type OperatorCommand =
  /** Send the command in hand again now, and give it its time anew. */
  | { readonly action: "retry" }
  /** Take the step in hand for done, or its undo for done, though nobody has said so. */
  | { readonly action: "skip" }
  /** Undo everything so far, the step in hand as one whose outcome is unknown. */
  | { readonly action: "compensate" }
  /** End it with an outcome that the operator vouches for. */
  | { readonly action: "close"; readonly outcome: "completed" | "compensated" };

export type OperatorInput = {
  readonly kind: "operator";
  readonly command: OperatorCommand;
  /** The subject of the operator's token. */
  readonly by: string;
  readonly reason: string;
  /** Messages about the run's key are known to wait for a person. */
  readonly parked: boolean;
};

/** An operator's command, refused with a sentence where it would make the run say what is not so. */
export function operate<Decider>(
  turn: Turn<Decider>,
  { command, by, reason, parked }: OperatorInput,
): void {
  const step = turn.step();
  if (step === undefined) throw finished(turn.instance);
  const note = `${by}: ${reason}`;
  switch (command.action) {
    case "retry":
      turn.log("retried", note);
      revive(turn);
      turn.sendAgain(step);
      break;
    case "skip":
      skip(turn, step, note);
      break;
    case "compensate":
      compensate(turn, step, note);
      break;
    case "close":
      close(turn, step, command.outcome, { note, parked });
      break;
  }
}

function skip<Decider>(
  turn: Turn<Decider>,
  step: Step<unknown, Decider>,
  note: string,
): void {
  const { direction, reason } = turn.instance;
  if (direction === "forward" && step.kind !== "retriable") {
    throw new Refusal(
      "cannot-skip",
      `Nobody but its participant can say whether ${step.name} has happened. Retry it, or compensate.`,
    );
  }
  turn.log("skipped", note);
  revive(turn);
  if (direction === "forward") turn.enter(turn.index() + 1);
  else turn.compensateFrom(turn.index() - 1, reason);
}

function compensate<Decider>(
  turn: Turn<Decider>,
  step: Step<unknown, Decider>,
  note: string,
): void {
  if (turn.instance.direction === "backward") {
    throw new Refusal(
      "already-compensating",
      `It is compensating already; ${step.name} is being undone.`,
    );
  }
  if (step.kind === "retriable") {
    throw new Refusal(
      "past-the-pivot",
      "The point of no return is passed: what has happened can only be completed.",
    );
  }
  if (step.kind === "pivot" && turn.index() === 0) {
    throw new Refusal(
      "past-the-pivot",
      `No undo before ${step.name} would take it back, and it may have happened. Retry it until it is answered.`,
    );
  }
  turn.log("compensation-forced", note);
  turn.compensateFrom(
    step.kind === "pivot" ? turn.index() - 1 : turn.index(),
    "forced-by-operator",
  );
}

function close<Decider>(
  turn: Turn<Decider>,
  step: Step<unknown, Decider>,
  outcome: "completed" | "compensated",
  { note, parked }: { readonly note: string; readonly parked: boolean },
): void {
  const { status, direction, reason } = turn.instance;
  if (status !== "stuck" && !parked) {
    throw new Refusal(
      "not-stuck",
      "It is neither stuck nor parked: it may still come to its end by itself.",
    );
  }
  const fits =
    direction === "backward"
      ? "compensated"
      : step.kind === "retriable" && "completed";
  if (fits && fits !== outcome) {
    throw new Refusal(
      "cannot-close-so",
      `It can only be closed as ${fits}: ${direction === "backward" ? "steps are undone already" : "the point of no return is passed"}.`,
    );
  }
  turn.log("closed", note);
  // Whoever says that everything has happened says that the pivot has.
  const cause = direction === "backward" ? reason : null;
  turn.set({
    reason: outcome === "completed" ? null : (cause ?? "closed-by-operator"),
  });
  if (outcome === "completed" && step.kind !== "retriable") turn.pass();
  if (!isEnded(turn.instance)) turn.end(outcome);
}

/** No longer stuck: it has its time anew. */
function revive<Decider>(turn: Turn<Decider>): void {
  if (turn.instance.direction === "forward")
    turn.set({ status: "running", reason: null });
  else turn.set({ status: "compensating" });
}

const finished = ({ status }: SagaInstance): Refusal =>
  new Refusal(
    "saga-finished",
    `It is ${status}: an ended saga is never taken up again.`,
    { sagaStatus: status },
  );

/** A release that does not know the rules of a run must not act on it. */
export const versionUnknown = ({ saga, version }: SagaInstance): Refusal =>
  new Refusal(
    "version-unknown",
    `It is of version ${version} of ${saga}, which this release does not have. Ask a replica of the release that does.`,
    { saga, version },
  );
