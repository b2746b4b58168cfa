import { aCustomer, aStaffMember } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { aCatalogService, added, aProduct } from "./support.ts";

let catalog: TestService;
const staff = aStaffMember();

beforeAll(async () => {
  catalog = await aCatalogService();
  await catalog
    .as(staff)
    .post("/api/v1/categories")
    .send({ slug: "kitchen", name: "Kitchen" })
    .expect(201);
});
afterAll(() => catalog.stop());

const products = "/api/v1/products";
const create = (body: object) => catalog.as(staff).post(products).send(body);

const eventsOf = async (id: string) =>
  (await catalog.published()).filter(
    ({ subject }) => subject === `product/${id}`,
  );

describe("adding a product", () => {
  it("puts it into the shop and tells the world", async () => {
    const sent = aProduct({
      category: "kitchen",
      description: "Holds tea.",
      images: [{ url: "https://shop.example/mug.jpg", alt: "A mug" }],
      attributes: { colour: "blue", millilitres: 300 },
    });
    const { status, headers, body } = await create(sent);

    expect(status).toBe(201);
    expect(body).toEqual({
      ...sent,
      id: expect.any(String),
      version: 1,
      createdAt: expect.any(String),
      updatedAt: expect.any(String),
    });
    expect(headers).toMatchObject({
      location: `${products}/${body.id}`,
      etag: '"1"',
    });
    const read = await catalog.request.get(`${products}/${body.id}`);
    expect(read.body).toEqual(body);
    const bySku = await catalog.request.get(`${products}/${sent.sku}`);
    expect(bySku.body).toEqual(body);
    const price = await catalog.request.get(`${products}/${sent.sku}/price`);
    expect(price.body).toMatchObject({ id: body.id, price: sent.price });
    await catalog.request.get(`${products}/NO-SUCH-SKU`).expect(404);
    expect(await eventsOf(body.id)).toMatchObject([
      {
        type: "catalog.ProductCreated.v1",
        sequence: 1,
        data: { productId: body.id, sku: sent.sku, price: sent.price },
      },
    ]);
  });

  it("is done once per Idempotency-Key", async () => {
    const sent = aProduct();
    const again = () => create(sent).set("Idempotency-Key", "once-please");
    const answers = await Promise.all([again(), again(), again()]);

    expect(answers.map(({ status }) => status)).toEqual([201, 201, 201]);
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    const [{ body }] = answers;
    expect(await eventsOf(body.id)).toHaveLength(1);

    const other = await create(aProduct()).set(
      "Idempotency-Key",
      "once-please",
    );
    expect(other.status).toBe(422);
    expect(other.body.code).toBe("idempotency-key-reused");
  });

  it("is refused when the SKU is taken", async () => {
    const { sku } = await added(catalog);
    const { status, body } = await create(aProduct({ sku }));

    expect(status).toBe(409);
    expect(body.code).toBe("sku-taken");
  });

  it("is refused in a category that does not exist", async () => {
    const { status, body } = await create(aProduct({ category: "attic" }));

    expect(status).toBe(422);
    expect(body.code).toBe("unknown-category");
  });

  it.each([
    ["sku", { sku: "with blanks" }],
    ["name", { name: " " }],
    ["price.amount", { price: { amount: 12.5, currency: "EUR" } }],
    ["price.amount", { price: { amount: -1, currency: "EUR" } }],
    ["price.currency", { price: { amount: 1, currency: "euro" } }],
    ["price.currency", { price: { amount: 1, currency: "ZZZ" } }],
    ["images.0.url", { images: [{ url: "javascript:alert(1)", alt: "" }] }],
    ["stock", { stock: 5 }],
  ])("is refused with a bad %s in %j", async (path, bad) => {
    const { status, body } = await create(aProduct(bad));

    expect(status).toBe(400);
    expect(body.code).toBe("validation-failed");
    expect(body.errors[0].path).toBe(path);
  });

  it("is for staff only", async () => {
    const asCustomer = await catalog
      .as(aCustomer())
      .post(products)
      .send(aProduct());
    const asNobody = await catalog.request.post(products).send(aProduct());

    expect(asCustomer.body.code).toBe("forbidden");
    expect(asNobody.body.code).toBe("token-missing");
  });
});

describe("changing a product", () => {
  it("tells of each change, in sequence", async () => {
    const { id } = await added(catalog);
    const path = `${products}/${id}`;
    const price = { amount: 1_490, currency: "EUR" };
    const named = await catalog
      .as(staff)
      .patch(path)
      .send({ name: "Big mug", category: "kitchen" });
    const priced = await catalog.as(staff).put(`${path}/price`).send(price);
    const same = await catalog.as(staff).put(`${path}/price`).send(price);
    const deleted = await catalog.as(staff).delete(path);

    expect(named.body).toMatchObject({ name: "Big mug", version: 2 });
    expect(priced.body).toMatchObject({ price, version: 3 });
    expect(same.body).toMatchObject({ price, version: 3 });
    expect(deleted.status).toBe(204);
    expect(await eventsOf(id)).toMatchObject([
      { type: "catalog.ProductCreated.v1", sequence: 1 },
      {
        type: "catalog.ProductUpdated.v1",
        sequence: 2,
        data: { name: "Big mug" },
      },
      {
        type: "catalog.PriceChanged.v1",
        sequence: 3,
        data: { oldPrice: { amount: 1_290 }, price },
      },
      { type: "catalog.ProductDeleted.v1", sequence: 4 },
    ]);
  });

  it("is refused to whoever has seen an older version", async () => {
    const { id } = await added(catalog);
    const rename = (name: string, etag: string) =>
      catalog
        .as(staff)
        .patch(`${products}/${id}`)
        .set("If-Match", etag)
        .send({ name });

    expect((await rename("First", '"1"')).headers["etag"]).toBe('"2"');
    const late = await rename("Second", '"1"');
    expect(late.status).toBe(412);
    expect(late.body).toMatchObject({ code: "version-conflict", version: 2 });
    const unreadable = await rename("Third", "latest");
    expect(unreadable.body.code).toBe("validation-failed");
  });

  it("loses none of many changes at the same time", async () => {
    const { id } = await added(catalog);
    const amounts = [1, 2, 3, 4, 5, 6, 7, 8];
    const answers = await Promise.all(
      amounts.map((amount) =>
        catalog
          .as(staff)
          .put(`${products}/${id}/price`)
          .send({ amount, currency: "EUR" }),
      ),
    );

    expect(answers.map(({ status }) => status)).toEqual(amounts.map(() => 200));
    const sequences = (await eventsOf(id)).map(({ sequence }) => sequence);
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  it("is refused into a category that does not exist", async () => {
    const { id } = await added(catalog);
    const { status, body } = await catalog
      .as(staff)
      .patch(`${products}/${id}`)
      .send({ category: "attic" });

    expect(status).toBe(422);
    expect(body.code).toBe("unknown-category");
  });

  it("leaves SKU and price alone", async () => {
    const { id } = await added(catalog);
    for (const bad of [{ sku: "NEW" }, { price: { amount: 1 } }]) {
      const { body } = await catalog
        .as(staff)
        .patch(`${products}/${id}`)
        .send(bad);
      expect(body.code).toBe("validation-failed");
    }
  });

  it("is for staff only", async () => {
    const { id } = await added(catalog);
    const customer = catalog.as(aCustomer());
    const path = `${products}/${id}`;
    const answers = [
      await customer.patch(path).send({ name: "Mine" }),
      await customer.put(`${path}/price`).send({ amount: 1, currency: "EUR" }),
      await customer.delete(path),
    ];

    expect(answers.map(({ status }) => status)).toEqual([403, 403, 403]);
  });
});

describe("a deleted product", () => {
  it("is not found any more, by anybody", async () => {
    const { id } = await added(catalog);
    const path = `${products}/${id}`;
    await catalog.as(staff).delete(path).expect(204);

    const answers = [
      await catalog.request.get(path),
      await catalog.request.get(`${path}/price`),
      await catalog.as(staff).patch(path).send({ name: "Ghost" }),
      await catalog.as(staff).delete(path),
    ];
    expect(answers.map(({ body }): unknown => body.code)).toEqual([
      "not-found",
      "not-found",
      "not-found",
      "not-found",
    ]);
  });

  it("takes its SKU with it", async () => {
    const { id, sku } = await added(catalog);
    await catalog.as(staff).delete(`${products}/${id}`);

    expect((await create(aProduct({ sku }))).body.code).toBe("sku-taken");
  });
});

describe("a price", () => {
  it("can be asked for alone", async () => {
    const { id, sku } = await added(catalog);
    const { body } = await catalog.request.get(`${products}/${id}/price`);

    expect(body).toEqual({
      id,
      sku,
      price: { amount: 1_290, currency: "EUR" },
    });
  });
});

describe("a category", () => {
  it("is listed for everybody, by name", async () => {
    const { body } = await catalog.request.get("/api/v1/categories");
    expect(body).toEqual({ items: [{ slug: "kitchen", name: "Kitchen" }] });
  });

  it("is added once", async () => {
    const { status, body } = await catalog
      .as(staff)
      .post("/api/v1/categories")
      .send({ slug: "kitchen", name: "Again" });

    expect(status).toBe(409);
    expect(body.code).toBe("category-taken");
  });

  it("is added by staff only", async () => {
    const { status } = await catalog
      .as(aCustomer())
      .post("/api/v1/categories")
      .send({ slug: "mine", name: "Mine" });

    expect(status).toBe(403);
  });
});
