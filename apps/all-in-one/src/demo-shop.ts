import { seedDemoShop as fillCatalog } from "@cartwright/app-catalog/seed";
import { seedDemoShop as registerUsers } from "@cartwright/app-identity/seed";
import { seedDemoShop as fillShelves } from "@cartwright/app-inventory/seed";
import type { ServiceName } from "@cartwright/contracts/services";
import type { Part } from "@cartwright/kernel/part";
import type { ServiceParts } from "@cartwright/service/service-parts";

/** Users, products and stock to try the shop with; what was ever there is left as it is. */
export const demoShop = (
  services: Readonly<Record<ServiceName, Pick<ServiceParts, "platform">>>,
): Part => ({
  name: "demo shop",
  async start() {
    await Promise.all([
      registerUsers(services.identity.platform),
      fillCatalog(services.catalog.platform),
      fillShelves(services.inventory.platform),
    ]);
  },
});
