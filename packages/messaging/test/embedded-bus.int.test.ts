import { roleUrl } from "@cartwright/database/role-url";
import { testDatabase } from "@cartwright/testing/test-database";
import { busAt, type BusAddress } from "./bus-address.ts";
import { itIsABus } from "./bus-conformance.ts";

describe("the embedded bus", () => {
  itIsABus(async () => {
    const database = await testDatabase("order");
    const address: BusAddress = {
      kind: "embedded",
      url: roleUrl(database.adminUrl, "bus"),
    };
    return {
      address,
      open: () => busAt(address),
      createTopics: () => Promise.resolve(),
      transaction: database.db.transaction,
      stop: () => database.stop(),
    };
  });
});
