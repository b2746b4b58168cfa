import type { TestService } from "@cartwright/testing/test-service";
import { demoProducts } from "../src/demo-shop.ts";
import { productPageReply } from "../src/http/schemas.ts";
import { demoProductId, seedDemoShop } from "../src/seed.ts";
import { aCatalogService } from "./support.ts";

let catalog: TestService;

beforeAll(async () => {
  catalog = await aCatalogService();
  await seedDemoShop(catalog.platform);
});
afterAll(() => catalog.stop());

async function browse(query: object) {
  const { body } = await catalog.request
    .get("/api/v1/products")
    .query(query)
    .expect(200);
  return productPageReply.parse(body);
}

const skus = async (query: object) =>
  (await browse(query)).items.map(({ sku }) => sku);

describe("the demo shop", () => {
  it("sells a dozen products under ids that never change", async () => {
    const { items } = await browse({});

    expect(items.map(({ sku }) => sku)).toEqual(
      demoProducts.map(({ sku }) => sku),
    );
    expect(items[0]).toMatchObject({
      id: demoProductId("MUG-STONE"),
      price: { amount: 1_850, currency: "EUR" },
    });
  });

  it("tells the other services of each product", async () => {
    const published = await catalog.published();
    expect(published.map(({ type, sequence }) => [type, sequence])).toEqual(
      demoProducts.map(() => ["catalog.ProductCreated.v1", 1]),
    );
  });

  it("is left as it is by a second start", async () => {
    const before = await catalog.published();
    await seedDemoShop(catalog.platform);

    expect(await catalog.published()).toEqual(before);
  });
});

describe("searching", () => {
  it.each([
    ["brass", ["LAMP-BRASS", "PEN-BRASS"]],
    ["BRASS pen", ["PEN-BRASS"]],
    ["goosen", ["KETTLE-GOOSENECK"]],
    ["mug-st", ["MUG-STONE"]],
    ["fountain", ["NOTEBOOK-A5"]],
    ["nothing of the kind", []],
    ["' OR 1=1 --", []],
    ["!!!", []],
  ])("for %j finds %j", async (q, expected) => {
    expect(await skus({ q })).toEqual(expected);
  });

  it.each(["", "   "])("with %j for words leaves nothing out", async (q) => {
    expect(await skus({ q, limit: 100 })).toEqual(await skus({ limit: 100 }));
  });

  it("can be narrowed to a category and a range of prices", async () => {
    expect(
      await skus({ category: "outdoors", minPrice: 5_450, maxPrice: 7_000 }),
    ).toEqual(["LANTERN-CAMP", "HAMMOCK-DUO"]);
    expect(await skus({ q: "brass", maxPrice: 5_000 })).toEqual(["PEN-BRASS"]);
  });
});

describe("browsing", () => {
  it.each(["newest", "price", "-price"])(
    "by %s sees every product once, page by page",
    async (sort) => {
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await browse({
          sort,
          limit: 5,
          ...(cursor && { cursor }),
        });
        seen.push(...page.items.map(({ sku }) => sku));
        cursor = page.nextCursor;
      } while (cursor);

      expect(seen).toEqual(await skus({ sort, limit: 100 }));
      expect(seen).toHaveLength(demoProducts.length);
    },
  );

  it("by price begins with the cheapest, or with the dearest", async () => {
    expect((await skus({ sort: "price" }))[0]).toBe("NOTEBOOK-A5");
    expect((await skus({ sort: "-price" }))[0]).toBe("LAMP-BRASS");
  });

  it.each([
    { limit: 0 },
    { limit: 101 },
    { sort: "name" },
    { cursor: "made-up" },
    { minPrice: -1 },
    { colour: "blue" },
  ])("is refused with %j", async (query) => {
    const { status, body } = await catalog.request
      .get("/api/v1/products")
      .query(query);

    expect(status).toBe(400);
    expect(body.code).toBe("validation-failed");
  });
});

it("answers not-found for a product nobody has heard of", async () => {
  const { status, body } = await catalog.request.get(
    `/api/v1/products/${demoProductId("NO-SUCH-SKU")}`,
  );

  expect(status).toBe(404);
  expect(body.code).toBe("not-found");
});

it("refuses what is neither an id nor a SKU", async () => {
  const { status, body } = await catalog.request.get(
    "/api/v1/products/a%20mug",
  );

  expect(status).toBe(400);
  expect(body.code).toBe("validation-failed");
});
