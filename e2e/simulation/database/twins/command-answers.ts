import type { TableDefinition } from "../table-definition.ts";
import type { MessageColumns } from "./outbox.ts";

export type CommandAnswerRow = MessageColumns & {
  readonly command_id: string;
  readonly event_id: string;
  readonly answered_at: number;
};

export const commandAnswers: TableDefinition<CommandAnswerRow> = {
  name: "command_answers",
  key: ({ command_id }) => command_id,
};
