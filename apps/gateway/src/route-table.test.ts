import { destinationOf } from "./route-table.ts";

it.each([
  ["GET", "/api/v1/products?q=cup", "catalog", "/api/v1/products?q=cup"],
  ["GET", "/api/products/1/price", "catalog", "/api/v1/products/1/price"],
  ["POST", "/api/orders", "order", "/api/v1/orders"],
  ["GET", "/api/v1/orders/1/events", "order", "/api/v1/orders/1/events"],
  ["GET", "/api/v1/sagas", "order", "/api/v1/sagas"],
  ["GET", "/api/v1/users/me", "identity", "/api/v1/users/me"],
  ["GET", "/.well-known/jwks.json", "identity", "/.well-known/jwks.json"],
  ["GET", "/api/v1/audit/events", "analytics", "/api/v1/audit/events"],
  [
    "GET",
    "/api/operations/payment/outbox",
    "payment",
    "/api/v1/operations/payment/outbox",
  ],
])("sends %s %s to %s as %s", (method, url, service, forwarded) => {
  expect(destinationOf(method, url)).toMatchObject({ service, url: forwarded });
});

it.each([
  ["GET", "/.well-known/openid-configuration"],
  ["GET", "/api/v1/products"],
  ["HEAD", "/api/v1/products/1"],
  ["GET", "/api/v1/categories"],
  ["GET", "/api/v1/inventory/MUG-STONE"],
  ["GET", "/api/v1/shipping/rates?country=DE"],
  ["POST", "/api/v1/addresses/validation"],
])("lets %s %s in without a token", (method, url) => {
  expect(destinationOf(method, url)).toMatchObject({ token: "optional" });
});

it.each([
  ["POST", "/api/v1/auth/login"],
  ["POST", "/api/auth/register"],
  ["POST", "/api/v1/auth/refresh"],
  ["POST", "/api/v1/auth/logout"],
  ["POST", "/api/v1/oauth/token"],
  ["POST", "/api/v1/payments/webhooks/simulated"],
])("does not look at a token sent with %s %s", (method, url) => {
  expect(destinationOf(method, url)).toMatchObject({ token: "ignored" });
});

it.each([
  ["POST", "/api/v1/products"],
  ["GET", "/api/v1/orders"],
  ["GET", "/api/v1/auth/sessions"],
  ["GET", "/api/v1/payments/webhooks/simulated"],
  ["POST", "/api/v1/payments/webhooks/../refunds"],
  ["POST", "/api/v1/payments"],
  ["GET", "/api/v1/shipping/rates/../../sagas"],
  ["GET", "/api/v1/users/me"],
  ["GET", "/api/v1/inventory"],
  ["POST", "/api/v1/inventory/MUG-STONE/adjustments"],
  ["GET", "/api/v1/operations/catalog/outbox"],
])("wants a token for %s %s", (method, url) => {
  expect(destinationOf(method, url)).toMatchObject({ token: "needed" });
});

it.each([
  ["PATCH", "/api/v1/auth/login"],
  ["DELETE", "/api/v1/products"],
  ["OPTIONS", "/api/v1/orders"],
])("leaves it to the service what %s %s is", (method, url) => {
  expect(destinationOf(method, url)).toMatchObject({
    token: "needed",
    isLeftToService: true,
  });
});

it.each([
  ["POST", "/api/v1/orders"],
  ["GET", "/api/v1/auth/sessions"],
  ["GET", "/api/v1/inventory"],
])("decides by itself that %s %s needs a token", (method, url) => {
  expect(destinationOf(method, url)).toMatchObject({ isLeftToService: false });
});

it.each([
  "/",
  "/api",
  "/api/",
  "/api/v1",
  "/api/v1/",
  "/api/v2/orders",
  "/api/v1/nothing",
  "/api/v1/Orders",
  "/API/v1/orders",
  "/api/v1//orders",
  "/api/v1/..%2forders",
  "/api/v1/constructor",
  "/api/v1/operations",
  "/api/v1/operations/",
  "/api/v1/operations/gateway/outbox",
  "/api/v1/operations/constructor/outbox",
  "/health/ready",
  "http://evil.example/api/v1/orders",
])("knows nobody behind %s", (url) => {
  expect(destinationOf("GET", url)).toBeUndefined();
});

it("counts guesses apart from the rest", () => {
  expect(destinationOf("POST", "/api/auth/login")?.rate).toBe("login");
  expect(destinationOf("POST", "/api/oauth/token")?.rate).toBe("login");
  expect(destinationOf("POST", "/api/orders")?.rate).toBe("default");
});
