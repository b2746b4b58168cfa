import { statement, type Tx } from "@cartwright/database/tx";

const record = statement(
  "provider-events-record",
  `INSERT INTO provider_events (provider, event_id, payment_id, type)
   VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING RETURNING event_id`,
);

export type ProviderEvent = {
  readonly provider: string;
  readonly eventId: string;
  readonly paymentId: string;
  readonly type: string;
};

export const providerEventStore = {
  /** False when it was known already. */
  async record(tx: Tx, event: ProviderEvent): Promise<boolean> {
    const { provider, eventId, paymentId, type } = event;
    const rows = await tx.query(record, [provider, eventId, paymentId, type]);
    return rows.length > 0;
  },
};
