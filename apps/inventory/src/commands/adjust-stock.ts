import type { Cause } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import type { Clock } from "@cartwright/kernel/clock";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Outbox } from "@cartwright/messaging/outbox";
import { stockStore } from "../db/stock-store.ts";
import { adjust, type StockItem } from "../domain/stock.ts";
import { publishedForm } from "../published.ts";

type Adjustment = {
  readonly sku: string;
  readonly delta: number;
  readonly reason: string;
};

/** Brings units in, or takes them out; never more than are available. */
export const adjustingStock =
  ({ outbox, clock }: { readonly outbox: Outbox; readonly clock: Clock }) =>
  async (tx: Tx, adjustment: Adjustment, cause: Cause): Promise<StockItem> => {
    const loaded = await stockStore.loadMany(tx, [adjustment.sku]);
    const item = loaded.get(adjustment.sku);
    if (item === undefined) {
      throw new Refusal("not-found", `${adjustment.sku} is not stocked.`);
    }
    const decision = adjust(item, adjustment);
    const at = clock.now().toISOString();
    stockStore.saveMany(tx, loaded, [decision.item]);
    outbox.append(
      tx,
      decision.events.map((event) => ({
        draft: publishedForm(event, at),
        sequence: event.sequence,
        cause,
      })),
    );
    return decision.item;
  };
