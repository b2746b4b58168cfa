import type { Duration } from "@cartwright/kernel/duration";
import { Refusal } from "@cartwright/kernel/refusal";
import type { ServerResponse } from "node:http";

/**
 * The life of a request: over when its deadline passes unanswered or its client goes. The
 * AbortController is made only for handlers that ask for it: most do not, and each costs more than
 * the timer.
 */
export function requestSignal(
  response: ServerResponse,
  deadline: Duration,
  onOverdue: (refusal: Refusal) => void,
) {
  let controller: AbortController | undefined;
  let ended: Refusal | undefined;
  const end = (refusal: Refusal): void => {
    ended ??= refusal;
    controller?.abort(ended);
  };
  const timer = setTimeout(() => {
    const overdue = new Refusal(
      "deadline-exceeded",
      "The answer took too long. What was asked for may yet happen.",
    );
    end(overdue);
    onOverdue(overdue);
  }, deadline);
  response.once("close", () => {
    clearTimeout(timer);
    if (!response.writableFinished) {
      end(new Refusal("request-aborted", "The client has gone."));
    }
  });
  return {
    signal: (): AbortSignal => {
      controller ??= new AbortController();
      if (ended) controller.abort(ended);
      return controller.signal;
    },
    /** The answer is at hand: the deadline no longer counts; the client may still go. */
    answered: (): void => clearTimeout(timer),
  };
}
