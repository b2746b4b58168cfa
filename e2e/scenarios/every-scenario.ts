import { join } from "node:path";
import {
  startPlatform,
  type Platform,
  type PlatformOptions,
} from "../support/platform.ts";
import { openShop, type Shop } from "../support/shop.ts";
import { badInputScenarios } from "./bad-input.ts";
import { cancellationScenarios } from "./cancellations.ts";
import { killScenarios } from "./kills.ts";
import { messageScenarios } from "./messages.ts";
import { operatorScenarios } from "./operators.ts";
import { orderScenarios } from "./orders.ts";
import { repetitionScenarios } from "./repetitions.ts";
import { totalsScenarios } from "./totals.ts";

type Given = () => { readonly platform: Platform; readonly shop: Shop };

/** All scenarios, against a platform that is started for them. */
export function everyScenario(options: PlatformOptions): void {
  describe("a shop", () => {
    const given = aShopOn({
      ...options,
      environment: { SAGA_TIME_SCALE: "0.02" },
    });
    describe("orders", () => orderScenarios(given));
    describe("cancellations", () => cancellationScenarios(given));
    describe("bad input", () => badInputScenarios(given));
    describe("messages nobody understands", () => messageScenarios(given));
    describe("sudden death", () => killScenarios(given));
    describe("totals", () => totalsScenarios(given));
    // Behind the totals: what an operator vouches for is not put right here.
    describe("operators", () => operatorScenarios(given));
  });

  describe("a shop whose messages come twice", () => {
    const preload = join(import.meta.dirname, "../support/twice/preload.ts");
    const given = aShopOn({
      ...options,
      environment: { NODE_OPTIONS: `--import=${preload}` },
    });
    describe("repetitions", () => repetitionScenarios(given));
  });
}

function aShopOn(options: PlatformOptions): Given {
  let platform: Platform | undefined;
  let shop: Shop | undefined;
  beforeAll(async () => {
    platform = await startPlatform(options);
    shop = await openShop(platform);
  }, 180_000);
  afterAll(() => platform?.stop(), 60_000);
  return () => {
    if (!platform || !shop) throw new Error("The platform has not started.");
    return { platform, shop };
  };
}
