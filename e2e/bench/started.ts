import { serviceNames } from "@cartwright/contracts/services";
import { freePorts } from "@cartwright/testing/free-ports";
import { startPlatform, type Platform } from "../support/platform.ts";
import {
  openShop,
  type Customer,
  type Product,
  type Shop,
} from "../support/shop.ts";
import type { LoadPlan } from "./load-plan.ts";
import type { LoadOptions, Subject } from "./options.ts";
import { startTelemetrySink, type TelemetrySink } from "./telemetry-sink.ts";

/** A platform to be measured: telemetry on, its counters within reach. */
export type Started = Subject & {
  readonly platform: Platform;
  readonly telemetry: TelemetrySink;
  /** Where each process shows its counters. */
  readonly metrics: readonly string[];
  stop(): Promise<void>;
};

/** A shop with full shelves. */
export type Stocked = Started & {
  readonly shop: Shop;
  readonly products: readonly Product[];
};

const shoppers = 100;
const productsOnSale = 300;
const unitsEach = 1_000_000;

export async function start(
  subject: Subject,
  environment: Readonly<Record<string, string>> = {},
): Promise<Started> {
  const telemetry = await startTelemetrySink();
  const metricsPort = await freePorts(1 + serviceNames.length); // the gateway's, then those of the services
  const platform = await startPlatform({
    ...subject,
    environment: {
      OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.url,
      METRICS_PORT: String(metricsPort),
      ...environment,
    },
  });
  const own = [`http://127.0.0.1:${metricsPort}/metrics`];
  return {
    ...subject,
    platform,
    telemetry,
    metrics: subject.processes === 9 ? metricsOfServices(metricsPort) : own,
    async stop() {
      await platform.stop();
      telemetry.close();
    },
  };
}

const metricsOfServices = (first: number): string[] =>
  serviceNames.map((_, n) => `http://127.0.0.1:${first + 1 + n}/metrics`);

export async function stock(
  started: Started,
  count = productsOnSale,
): Promise<Stocked> {
  const shop = await openShop(started.platform);
  const products = await inTurn(count, () =>
    shop.product({ stock: unitsEach }),
  );
  return { ...started, shop, products };
}

/** With customers of its own, since their tokens are for ten minutes. */
export async function planOf(
  { platform, shop, products }: Stocked,
  { rate, inFlight, connections }: LoadOptions,
): Promise<LoadPlan> {
  const customers = await customersOf(shop);
  const { hostname, port } = new URL(platform.url);
  return {
    host: hostname,
    port: Number(port),
    tokens: customers.map(({ token }) => token),
    productIds: products.map(({ id }) => id),
    ...(rate !== undefined && { rate }),
    inFlight,
    connections,
  };
}

export const customersOf = (shop: Shop): Promise<Customer[]> =>
  inTurn(shoppers, () => shop.customer());

/** Eight at a time. */
async function inTurn<T>(count: number, make: () => Promise<T>): Promise<T[]> {
  const made: T[] = [];
  for (let left = count; left > 0; left -= 8) {
    made.push(
      ...(await Promise.all(Array.from({ length: Math.min(8, left) }, make))),
    );
  }
  return made;
}
