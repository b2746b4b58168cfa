import {
  aCustomer,
  aService,
  aStaffMember,
} from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { userPageReply } from "../src/http/schemas.ts";
import { demoPassword, demoUsers, seedDemoShop } from "../src/seed.ts";
import { ada, anIdentityService } from "./support.ts";

let identity: TestService;
let adaId: string;

beforeAll(async () => {
  identity = await anIdentityService();
  const { body } = await identity.request
    .post("/api/v1/auth/register")
    .send(ada);
  adaId = body.userId;
});
afterAll(() => identity.stop());

describe("who I am", () => {
  it("is answered to whoever is logged in", async () => {
    const { status, body } = await identity
      .as(aCustomer(adaId))
      .get("/api/v1/users/me");

    expect(status).toBe(200);
    expect(body).toMatchObject({
      userId: adaId,
      email: ada.email,
      name: "Ada",
    });
  });

  it("is refused to nobody in particular", async () => {
    const { status, body } = await identity.request.get("/api/v1/users/me");

    expect(status).toBe(401);
    expect(body.code).toBe("token-missing");
  });

  it.each([aService("order"), aCustomer()])(
    "is not found for one who is no user",
    async (principal) => {
      const { status, body } = await identity
        .as(principal)
        .get("/api/v1/users/me");

      expect(status).toBe(404);
      expect(body.code).toBe("not-found");
    },
  );
});

describe("contacts", () => {
  const contacts = (ids: string) => `/api/v1/users/contacts?ids=${ids}`;

  it("are told to services, for those users who exist", async () => {
    const nobody = "0199aaaa-0000-7000-8000-000000000000";
    const { status, body } = await identity
      .as(aService("notification"))
      .get(contacts(`${adaId},${nobody}`));

    expect(status).toBe(200);
    expect(body).toEqual({
      items: [{ userId: adaId, name: "Ada", email: ada.email }],
    });
  });

  it("are told neither to customers nor to staff", async () => {
    for (const principal of [aCustomer(adaId), aStaffMember()]) {
      const { status, body } = await identity
        .as(principal)
        .get(contacts(adaId));

      expect(status).toBe(403);
      expect(body.code).toBe("forbidden");
    }
  });

  it.each(["", "ada", Array(101).fill(crypto.randomUUID()).join(",")])(
    "are asked for by one to a hundred ids, not by %.40j",
    async (ids) => {
      const { status, body } = await identity
        .as(aService("notification"))
        .get(contacts(ids));

      expect(status).toBe(400);
      expect(body.code).toBe("validation-failed");
    },
  );
});

describe("the demo shop", () => {
  it("has a customer, a staff member and an operator who can log in", async () => {
    await seedDemoShop(identity.platform);

    for (const { email, roles } of demoUsers) {
      const { status, body } = await identity.request
        .post("/api/v1/auth/login")
        .send({ email, password: demoPassword });
      expect(status).toBe(200);
      expect(body.user).toMatchObject({ email, roles });
    }
  });

  it("is left as it is by a second start", async () => {
    const before = await identity.published();
    await seedDemoShop(identity.platform);

    expect(await identity.published()).toEqual(before);
  });
});

describe("the list of users", () => {
  it("is read by staff, page by page", async () => {
    const staff = identity.as(aStaffMember());
    const emails: string[] = [];
    let cursor: string | undefined;
    do {
      const { body } = await staff
        .get("/api/v1/users")
        .query({ limit: 3, ...(cursor && { cursor }) });
      const { items, nextCursor } = userPageReply.parse(body);
      emails.push(...items.map(({ email }) => email));
      cursor = nextCursor;
    } while (cursor);

    const everybody = [ada, ...demoUsers].map(({ email }) => email);
    expect(emails.sort()).toEqual(everybody.sort());
  });

  it("shows no hash of any password", async () => {
    const { text } = await identity.as(aStaffMember()).get("/api/v1/users");
    expect(text).not.toMatch(/argon2|password/i);
  });

  it("is none of a customer's business", async () => {
    const { status, body } = await identity
      .as(aCustomer())
      .get("/api/v1/users");

    expect(status).toBe(403);
    expect(body.code).toBe("forbidden");
  });
});
