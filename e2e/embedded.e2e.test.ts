import { badInputScenarios } from "./scenarios/bad-input.ts";
import { cancellationScenarios } from "./scenarios/cancellations.ts";
import { killScenarios } from "./scenarios/kills.ts";
import { messageScenarios } from "./scenarios/messages.ts";
import { orderScenarios } from "./scenarios/orders.ts";
import { totalsScenarios } from "./scenarios/totals.ts";
import { startPlatform, type Platform } from "./support/platform.ts";
import { openShop, type Shop } from "./support/shop.ts";

/** Everything in one process, on the broker in the database. */

let platform: Platform;
let shop: Shop;
const given = () => ({ platform, shop });

beforeAll(async () => {
  platform = await startPlatform({
    mode: "embedded",
    processes: 1,
    environment: { SAGA_TIME_SCALE: "0.02" },
  });
  shop = await openShop(platform);
});
afterAll(() => platform.stop());

describe("orders", () => orderScenarios(given));
describe("cancellations", () => cancellationScenarios(given));
describe("bad input", () => badInputScenarios(given));
describe("messages nobody understands", () => messageScenarios(given));
describe("sudden death", () => killScenarios(given));
describe("totals", () => totalsScenarios(given));
