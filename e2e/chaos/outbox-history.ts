import { serviceNames } from "@cartwright/contracts/services";
import type { Platform } from "../support/platform.ts";

/** A message that was committed to an outbox, or lies on a topic. */
export type MessageRow = {
  readonly id: string;
  readonly type: string;
  readonly topic: string;
  readonly subject: string;
  readonly sequence: number;
  /** Commands only. */
  readonly attempt: number | null;
};

/** Published rows are deleted: a trigger keeps a copy of each insert, in databases of tests only. */
const tables = `
  CREATE SCHEMA chaos;
  CREATE TABLE chaos.outbox_history (
    id UUID NOT NULL, type TEXT NOT NULL, topic TEXT NOT NULL, subject TEXT NOT NULL,
    sequence INTEGER NOT NULL, attempt INTEGER
  );
  CREATE FUNCTION chaos.keep() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
  BEGIN
    INSERT INTO chaos.outbox_history
    SELECT id, type, topic, subject, (headers ->> 'ce_sequence')::int, (headers ->> 'ce_attempt')::int FROM added;
    RETURN NULL;
  END $$`;

const trigger = (schema: string) => `
  CREATE TRIGGER chaos_keep AFTER INSERT ON "${schema}".outbox
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION chaos.keep()`;

export async function keepOutboxes({
  sql,
}: Pick<Platform, "sql">): Promise<void> {
  await sql(tables);
  for (const schema of serviceNames) await sql(trigger(schema));
}

export const committedMessages = ({
  sql,
}: Pick<Platform, "sql">): Promise<MessageRow[]> =>
  sql<MessageRow>(
    `SELECT id, type, topic, subject, sequence, attempt FROM chaos.outbox_history`,
  );
