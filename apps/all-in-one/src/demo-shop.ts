import { seedDemoShop as seedUsers } from "@cartwright/app-identity/seed";
import type { ServiceName } from "@cartwright/contracts/services";
import type { Part } from "@cartwright/kernel/part";
import type { ServiceParts } from "@cartwright/service/service-parts";
import type { Say } from "./database.ts";

/** Users, products and stock to try the shop with; each is made only when it is missing. */
export const demoShop = (
  services: Readonly<Record<ServiceName, ServiceParts>>,
  say: Say,
): Part => ({
  name: "demo shop",
  async start() {
    await seedUsers(services.identity.platform);
    say("The demo shop is stocked");
  },
});
