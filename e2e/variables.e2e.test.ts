import { startProcess } from "./support/process.ts";

/** A service that is told too little, or nonsense, does not start, and says why. */

const complete: Readonly<Record<string, string>> = {
  DATABASE_URL: "postgresql://order:secret@127.0.0.1:1/postgres",
  KAFKA_BROKERS: "127.0.0.1:1",
  PORT: "0",
  SERVICE_CLIENT_SECRET: "a secret of the services",
  IDENTITY_URL: "http://127.0.0.1:1",
  CATALOG_URL: "http://127.0.0.1:1",
  ORDER_URL: "http://127.0.0.1:1",
  PAYMENT_URL: "http://127.0.0.1:1",
  INVENTORY_URL: "http://127.0.0.1:1",
  SHIPPING_URL: "http://127.0.0.1:1",
  NOTIFICATION_URL: "http://127.0.0.1:1",
  ANALYTICS_URL: "http://127.0.0.1:1",
};

const startOrder = (changes: Readonly<Record<string, string>>) =>
  start("order", changes);

async function start(name: string, changes: Readonly<Record<string, string>>) {
  const service = startProcess(`apps/${name}/src/main.ts`, {
    ...complete,
    ...changes,
  });
  return { code: await service.ended, output: service.output() };
}

it("names a variable that is missing", async () => {
  const { code, output } = await startOrder({ DATABASE_URL: "" });
  expect(code).toBe(1);
  expect(output).toContain("DATABASE_URL is missing");
});

it("names a variable that is malformed, and does not tell its value", async () => {
  const { code, output } = await startOrder({
    DATABASE_URL: "mysql://secret@somewhere",
  });
  expect(code).toBe(1);
  expect(output).toContain("DATABASE_URL is malformed");
  expect(output).not.toContain("mysql://secret");
});

it("names every one of them", async () => {
  const { output } = await startOrder({
    KAFKA_BROKERS: "",
    SAGA_TIME_SCALE: "fast",
  });
  expect(output).toContain("KAFKA_BROKERS");
  expect(output).toContain("SAGA_TIME_SCALE");
});

it("names two that go together, and does not tell their values", async () => {
  const { code, output } = await start("notification", {
    SMTP_URL: "smtps://shop:top-secret@mail.example",
  });
  expect(code).toBe(1);
  expect(output).toContain("SMTP_URL is given, but not MAIL_FROM");
  expect(output).not.toContain("top-secret");
});

it("does not shrink time-outs in production", async () => {
  const { code, output } = await startOrder({
    NODE_ENV: "production",
    SAGA_TIME_SCALE: "0.5",
  });
  expect(code).toBe(1);
  expect(output).toContain("SAGA_TIME_SCALE");
});
