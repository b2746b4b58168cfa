import {
  aCustomer,
  anOperator,
  aStaffMember,
} from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { makeOperator } from "../src/commands/assign-roles.ts";
import { anIdentityService } from "./support.ts";

const root = "/api/v1/operations/identity/roles";
const reason = "works in the shop since May";
const password = "correct horse";

let identity: TestService;
beforeEach(async () => {
  identity = await anIdentityService();
});
afterEach(() => identity.stop());

const post = (path: string, body: object) =>
  identity.request.post(`/api/v1/auth/${path}`).send(body);

async function registered(name: string): Promise<string> {
  const email = `${name}@example.org`;
  const { body } = await post("register", { email, password, name }).expect(
    201,
  );
  return body.userId;
}

/** Somebody who has registered and been made an operator where nobody was asked. */
async function theOperator(name = "olga") {
  const id = await registered(name);
  const email = `${name}@example.org`;
  await makeOperator(identity.platform.db, { email, reason });
  return anOperator(id);
}

const logIn = async (name: string) =>
  (await post("login", { email: `${name}@example.org`, password })).body;

const refresh = ({ refreshToken }: { refreshToken: string }) =>
  post("refresh", { refreshToken });

const change = (
  as: ReturnType<typeof anOperator>,
  path: "" | "/removal",
  name: string,
  role: string,
) =>
  identity
    .as(as)
    .post(root + path)
    .send({ email: `${name}@example.org`, role, reason });

const rolesOf = async (as: ReturnType<typeof anOperator>, name: string) =>
  (
    await identity
      .as(as)
      .get(root)
      .query({ email: `${name}@example.org` })
  ).body.roles;

describe("a role that is given", () => {
  it("counts from the next refresh on, and from the next login", async () => {
    const olga = await theOperator();
    const sam = await registered("sam");
    const session = await logIn("sam");

    const { body } = await change(olga, "", "sam", "staff").expect(200);

    expect(body).toMatchObject({ userId: sam, roles: ["customer", "staff"] });
    expect(body).not.toHaveProperty("passwordHash");
    for (const { user } of [(await refresh(session)).body, await logIn("sam")])
      expect(user.roles).toEqual(["customer", "staff"]);
  });

  it("is found by the address however it is spelt", async () => {
    const olga = await theOperator();
    await registered("sam");
    const spelling = { email: "SAM@Example.org", role: "operator", reason };

    await identity.as(olga).post(root).send(spelling).expect(200);

    const { body } = await identity
      .as(aStaffMember())
      .get(root)
      .query({ email: "Sam@example.ORG" });
    expect(body).toMatchObject({
      email: "sam@example.org",
      roles: ["customer", "operator"],
    });
  });

  it("is not given twice", async () => {
    const olga = await theOperator();
    await registered("sam");
    const answers = await Promise.all([
      change(olga, "", "sam", "staff"),
      change(olga, "", "sam", "staff"),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.map(({ body }) => body.code)).toContain("role-held");
    expect(await rolesOf(olga, "sam")).toEqual(["customer", "staff"]);
  });

  it("is answered as before when it is asked for again with its key", async () => {
    const olga = await theOperator();
    await registered("sam");
    const ask = () =>
      change(olga, "", "sam", "staff").set("idempotency-key", "one-wish");
    const first = await ask().expect(200);
    const second = await ask().expect(200);
    expect(second.body).toEqual(first.body);
    const { body } = await identity
      .as(olga)
      .get("/api/v1/operations/identity/audit");
    const granted = body.items.filter(
      ({ action }: { action: string }) => action === "roles.grant",
    );
    expect(granted).toHaveLength(2); // the operator's own, and this one
  });
});

describe("a role that is taken away", () => {
  it("is gone at the next login, and all sessions of before are over", async () => {
    const olga = await theOperator();
    await registered("sam");
    await change(olga, "", "sam", "staff").expect(200);
    const sessions = [await logIn("sam"), await logIn("sam")];
    const hers = await logIn("olga");

    await change(olga, "/removal", "sam", "staff").expect(200);

    for (const session of sessions)
      expect((await refresh(session)).body.code).toBe("refresh-token-invalid");
    expect((await logIn("sam")).user.roles).toEqual(["customer"]);
    expect((await refresh(hers)).status).toBe(200);
  });

  it("was there before", async () => {
    const olga = await theOperator();
    await registered("sam");
    const { status, body } = await change(olga, "/removal", "sam", "staff");
    expect([status, body.code]).toEqual([409, "role-not-held"]);
  });

  it("is not that of the last operator", async () => {
    const olga = await theOperator();
    const { status, body } = await change(olga, "/removal", "olga", "operator");
    expect([status, body.code]).toEqual([409, "last-operator"]);
    expect(await rolesOf(olga, "olga")).toEqual(["customer", "operator"]);
  });

  it("may be one's own while there is another operator", async () => {
    const olga = await theOperator();
    const otto = await theOperator("otto");
    await change(olga, "/removal", "olga", "operator").expect(200);
    expect(await rolesOf(otto, "olga")).toEqual(["customer"]);
  });

  it("leaves one operator when the last two lay it down at the same time", async () => {
    const [olga, otto] = [await theOperator(), await theOperator("otto")];
    const answers = await Promise.all([
      change(olga, "/removal", "olga", "operator"),
      change(otto, "/removal", "otto", "operator"),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect(answers.map(({ body }) => body.code)).toContain("last-operator");
  });

  it("leaves one operator when two take it from each other", async () => {
    const [olga, otto] = [await theOperator(), await theOperator("otto")];
    const answers = await Promise.all([
      change(olga, "/removal", "otto", "operator"),
      change(otto, "/removal", "olga", "operator"),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 403]);
  });
});

it.each([
  ["", "forbidden"],
  ["/removal", "forbidden"],
] as const)(
  "does not listen to a token whose operator is none any more: POST %j",
  async (path, code) => {
    const [olga, otto] = [await theOperator(), await theOperator("otto")];
    await change(olga, "/removal", "otto", "operator").expect(200);

    const { status, body } = await change(otto, path, "otto", "operator");

    expect([status, body.code]).toEqual([403, code]);
    expect(await rolesOf(olga, "otto")).toEqual(["customer"]);
  },
);

it.each(["", "/removal"] as const)(
  "knows neither strangers nor strange roles: POST %j",
  async (path) => {
    const olga = await theOperator();
    const stranger = await change(olga, path, "nobody", "staff");
    expect([stranger.status, stranger.body.code]).toEqual([404, "not-found"]);
    for (const role of ["service", "admin", "Operator", ""]) {
      const { status, body } = await change(olga, path, "olga", role);
      expect([status, body.code]).toEqual([400, "validation-failed"]);
      expect(body.errors).toMatchObject([{ path: "role" }]);
    }
    const unsaid = { email: "olga@example.org", role: "staff", reason: "so" };
    const { body } = await identity
      .as(olga)
      .post(root + path)
      .send(unsaid);
    expect(body.errors).toMatchObject([{ path: "reason" }]);
  },
);

it("shows nobody who has not registered", async () => {
  const { status, body } = await identity
    .as(anOperator())
    .get(root)
    .query({ email: "nobody@example.org" });
  expect([status, body.code]).toEqual([404, "not-found"]);
});

it("is none of anybody's business but operators'; staff may look", async () => {
  await registered("sam");
  for (const path of ["", "/removal"] as const)
    for (const principal of [aCustomer(), aStaffMember()]) {
      const { status } = await change(principal, path, "sam", "operator");
      expect(status).toBe(403);
    }
  const look = (as: ReturnType<typeof anOperator>) =>
    identity.as(as).get(root).query({ email: "sam@example.org" });
  expect((await look(aCustomer())).status).toBe(403);
  expect((await look(aStaffMember())).body.roles).toEqual(["customer"]);
});

it("keeps who changed it, why, and what it was, but no address", async () => {
  const olga = await theOperator();
  const sam = await registered("sam");
  await change(olga, "", "sam", "staff").expect(200);
  await change(olga, "/removal", "sam", "customer").expect(200);
  await change(olga, "/removal", "sam", "operator").expect(409);

  const { body } = await identity
    .as(olga)
    .get("/api/v1/operations/identity/audit");

  const [customer, staff, both] = [
    { roles: ["customer"] },
    { roles: ["staff"] },
    { roles: ["customer", "staff"] },
  ];
  const byOlga = { operator: olga.id, target: sam, reason };
  expect(body.items).toMatchObject([
    { ...byOlga, action: "roles.revoke", before: both, after: staff },
    { ...byOlga, action: "roles.grant", before: customer, after: both },
    { operator: "administrator", action: "roles.grant", target: olga.id },
  ]);
  expect(JSON.stringify(body)).not.toContain("@example.org");
});
