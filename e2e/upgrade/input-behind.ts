import type { Message } from "@cartwright/contracts/message";
import type { SagaInput } from "@cartwright/saga/advance";
import { awaitedBy } from "@cartwright/saga/awaited";
import type { SagaDefinition } from "@cartwright/saga/define-saga";
import type { SagaInstance, SagaLogLine } from "@cartwright/saga/instance";

/** What must have befallen a run for its log to go on with this line. */
export function inputBehind(
  { entry, detail }: Omit<SagaLogLine, "sagaId">,
  definition: SagaDefinition,
  run: SagaInstance,
): SagaInput {
  const awaited = awaitedBy(definition, run);
  const answer = (type: string, commandId?: string): SagaInput => ({
    kind: "answer",
    message: {
      ...{ id: "", type, commandId, data: { code: detail } },
    } as unknown as Message,
  });
  if (entry === "done" || entry === "undone")
    return answer(awaited?.yes ?? "", awaited?.commandId);
  if (entry === "refused" || entry === "undo-refused")
    return answer(awaited?.no ?? "", awaited?.commandId);
  if (entry === "ignored") return answer(detail ?? "");
  if (entry === "stop-requested") return { kind: "stop", reason: detail ?? "" };
  if (silences.has(entry)) return { kind: "timeout", waited: 0 };
  throw new Error(`Nothing in a log leads to ${entry} by itself.`);
}

/** What is done about a deadline that has passed. */
const silences = new Set<string>([
  "timed-out",
  "sent-again",
  "undo-sent-again",
]);
