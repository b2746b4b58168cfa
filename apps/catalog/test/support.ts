import { aStaffMember } from "@cartwright/testing/principals";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { catalogService } from "../src/catalog-service.ts";

export const aCatalogService = (): Promise<TestService> =>
  testService(catalogService);

let products = 0;

/** What staff send to add a product, with a SKU of its own. */
export const aProduct = (overrides: object = {}) => ({
  sku: `SKU-${(products += 1)}`,
  name: "Mug",
  price: { amount: 1_290, currency: "EUR" },
  ...overrides,
});

export async function added(catalog: TestService, overrides: object = {}) {
  const { body } = await catalog
    .as(aStaffMember())
    .post("/api/v1/products")
    .send(aProduct(overrides))
    .expect(201);
  return body as { readonly id: string; readonly sku: string };
}
