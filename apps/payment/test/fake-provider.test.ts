import { fakeProvider } from "./fake-provider.ts";
import { paymentProviderSuite } from "./provider-conformance.ts";

const { provider } = fakeProvider();
paymentProviderSuite("the provider in memory", () => provider);
