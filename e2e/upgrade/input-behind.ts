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
  switch (entry) {
    case "done":
    case "undone":
      return answer(awaited?.yes ?? "", awaited?.commandId);
    case "refused":
    case "undo-refused":
      return answer(awaited?.no ?? "", awaited?.commandId);
    case "ignored":
      return answer(detail ?? "");
    case "timed-out":
    case "sent-again":
    case "undo-sent-again":
      return { kind: "timeout", waited: 0 };
    case "stop-requested":
      return { kind: "stop", reason: detail ?? "" };
    default:
      throw new Error(`Nothing in a log leads to ${entry} by itself.`);
  }
}
