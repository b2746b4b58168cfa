import { gatewayConfig, gatewayProcessConfig, limitsOf } from "./config.ts";

it("counts generously by default and guesses less so", () => {
  expect(limitsOf(gatewayConfig.parse({}))).toEqual({
    default: { requests: 1_000, window: 10_000 },
    login: { requests: 60, window: 60_000 },
  });
});

it("takes a list of origins", () => {
  const ALLOWED_ORIGINS = "https://shop.example, http://localhost:5173";
  expect(gatewayConfig.parse({ ALLOWED_ORIGINS }).ALLOWED_ORIGINS).toEqual([
    "https://shop.example",
    "http://localhost:5173",
  ]);
});

it.each([
  { RATE_LIMIT_REQUESTS: "0" },
  { RATE_LIMIT_WINDOW_SECONDS: "soon" },
  { ALLOWED_ORIGINS: "*" },
  { REDIS_URL: "localhost:6379" },
  { TRUSTED_PROXIES: "-1" },
])("takes no %o", (variables) => {
  expect(gatewayConfig.safeParse(variables).success).toBe(false);
});

it("is told nothing of brokers and databases, which it does not speak to", () => {
  const names = Object.keys(gatewayProcessConfig.shape);
  expect(names.filter((name) => /KAFKA|DATABASE|SECRET/.test(name))).toEqual(
    [],
  );
});
