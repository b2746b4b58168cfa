import { checkEffects } from "./effects.ts";
import { checkHistory } from "./history.ts";
import { checkMessages } from "./messages.ts";
import { checkMoney } from "./money.ts";
import { checkParcels } from "./parcels.ts";
import { checkStock } from "./stock.ts";
import { unfinished } from "./unfinished.ts";
import { must } from "../violation.ts";
import type { World } from "../world.ts";

/** Every invariant, once nothing happens any more; throws the first violation. */
export function checkEverything(world: World): void {
  checkMessages(world);
  checkEffects(world);
  checkHistory(world);
  checkMoney(world);
  checkStock(world);
  checkParcels(world);
  const open = unfinished(world);
  must(
    open.length === 0,
    "I5",
    () => `${open.length} matters never end: ${open.slice(0, 5).join("; ")}`,
  );
}
