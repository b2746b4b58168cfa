import { startPlatform, type Platform } from "./support/platform.ts";

/** All in one process as its image runs it, without being asked for a demo shop. */

let platform: Platform;

beforeAll(async () => {
  platform = await startPlatform({
    mode: "embedded",
    processes: 1,
    environment: {
      NODE_ENV: "production",
      DEMO_SHOP: "",
      PROVIDER_WEBHOOK_SECRET: "whsec_dGhlLXNlY3JldC1vZi10aGlzLXRlc3Q",
    },
  });
});

afterAll(() => platform.stop());

it("has no users whose password everybody knows, and no products", async () => {
  const logIn = (name: string) =>
    fetch(`${platform.url}/api/v1/auth/login`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({
        email: `${name}@cartwright.example`,
        password: "demo-password",
      }),
    });
  const answers = await Promise.all(["demo", "staff", "operator"].map(logIn));
  expect(answers.map(({ status }) => status)).toEqual([401, 401, 401]);
  const products = await fetch(`${platform.url}/api/v1/products`);
  expect(await products.json()).toMatchObject({ items: [] });
});

it("invites nobody to log in as one of them", () => {
  expect(platform.output()).toContain("The shop is open");
  expect(platform.output()).not.toContain("demo-password");
});
