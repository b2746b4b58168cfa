import { cutNextCommit } from "@cartwright/testing/cut-commit";
import { anOperator, aStaffMember } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { publishedKeys } from "../src/published-keys.ts";
import { anIdentityService } from "./support.ts";

const root = "/api/v1/operations/identity/signing-keys";
const reason = "those of the quarter before";
const operator = anOperator();

type Key = { readonly kid: string; readonly status: string };

let identity: TestService;
beforeEach(async () => {
  identity = await anIdentityService();
});
afterEach(() => identity.stop());

const step = (path: string, more: object = {}, as = operator) =>
  identity
    .as(as)
    .post(root + path)
    .send({ reason, ...more });

async function keys(): Promise<Record<string, string>> {
  const { body } = await identity.as(operator).get(root).expect(200);
  const items = body.items as Key[];
  return Object.fromEntries(items.map(({ kid, status }) => [status, kid]));
}

async function published(): Promise<readonly (string | undefined)[]> {
  const { keys: all } = await publishedKeys(identity.platform.db)();
  return all.map(({ kid }) => kid);
}

/** As if everything had been done so long ago. */
const pass = (minutes: number) =>
  identity.platform.db.query(
    `UPDATE signing_keys SET created_at = created_at - $1 * interval '1 minute',
     retired_at = retired_at - $1 * interval '1 minute'`,
    [minutes],
  );

it("changes the key in three steps, and has each wait for those who check tokens", async () => {
  const { active: first } = await keys();
  await step("").expect(200);
  const { next } = await keys();
  expect(await published()).toEqual([first, next]);
  expect((await step("/activation")).body).toMatchObject({
    code: "too-early",
    kid: next,
  });

  await pass(11);
  await step("/activation").expect(200);
  expect(await keys()).toEqual({ retired: first, active: next });
  expect(await published()).toEqual([first, next]);
  expect((await step("/removal")).body).toMatchObject({
    code: "too-early",
    kid: first,
  });

  await pass(11);
  await step("/removal").expect(200);
  expect(await keys()).toEqual({ active: next });
  expect(await published()).toEqual([next]);
});

it("does all at once with a key that was stolen", async () => {
  const { active: stolen } = await keys();
  await step("").expect(200);
  await step("/activation", { atOnce: true }).expect(200);
  await step("/removal", { atOnce: true }).expect(200);
  expect(await published()).not.toContain(stolen);
});

it("makes each step once though its COMMIT is not heard of", async () => {
  for (const path of ["", "/activation", "/removal"]) {
    const isCut = cutNextCommit(identity.platform.db.pool, "idempotency-take");
    await step(path, path === "" ? {} : { atOnce: true }).expect(200);
    expect(isCut()).toBe(true);
  }
  expect(Object.keys(await keys())).toEqual(["active"]);
});

it("makes one key when two are asked for at the same time", async () => {
  const answers = await Promise.all([step(""), step("")]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  expect(await published()).toHaveLength(2);
});

it("refuses steps out of turn", async () => {
  expect((await step("/activation")).body.code).toBe("no-next-key");
  expect((await step("/removal")).body.code).toBe("no-retired-key");
});

it("shows nobody a key, and no step to anybody but operators", async () => {
  await step("").expect(200);
  const { text } = await identity.as(operator).get(root).expect(200);
  expect(text).not.toContain("PRIVATE");
  await step("", {}, aStaffMember()).expect(403);
  await identity.as(aStaffMember()).get(root).expect(403);
});

it("keeps who did it and why", async () => {
  await step("").expect(200);
  const { next } = await keys();
  const { body } = await identity
    .as(operator)
    .get("/api/v1/operations/identity/audit");
  expect(body.items).toMatchObject([
    {
      ...{ operator: operator.id, reason, target: next },
      action: "signing-keys.prepare",
    },
  ]);
  expect(JSON.stringify(body)).not.toContain("PRIVATE");
});
