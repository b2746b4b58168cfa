import { paymentConfig } from "@cartwright/app-payment/config";
import { silentLogger } from "@cartwright/observability/logger";
import {
  testDatabase,
  type TestDatabase,
} from "@cartwright/testing/test-database";
import { paymentProviderSuite } from "../../payment/test/provider-conformance.ts";
import { allInOneConfig } from "../src/config.ts";
import { provider } from "../src/provider.ts";

let database: TestDatabase;
let made: ReturnType<typeof provider>;

beforeAll(async () => {
  database = await testDatabase("payment-provider");
  made = provider({
    environment: {},
    config: allInOneConfig.parse({}),
    db: database.open("payment-provider", 2),
    logger: silentLogger,
  });
});

afterAll(() => database.stop());

paymentProviderSuite("the provider of this process", () =>
  made.open(paymentConfig.parse({})),
);
