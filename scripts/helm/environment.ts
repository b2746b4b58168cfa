import { analyticsConfig } from "@cartwright/app-analytics/config";
import { catalogConfig } from "@cartwright/app-catalog/config";
import { gatewayConfig } from "@cartwright/app-gateway/config";
import { identityConfig } from "@cartwright/app-identity/config";
import { inventoryConfig } from "@cartwright/app-inventory/config";
import { notificationConfig } from "@cartwright/app-notification/config";
import { orderConfig } from "@cartwright/app-order/config";
import { paymentProviderConfig } from "@cartwright/app-payment-provider/config";
import { paymentConfig } from "@cartwright/app-payment/config";
import { shippingConfig } from "@cartwright/app-shipping/config";
import { ConfigError, parseConfig } from "@cartwright/service/load-config";
import {
  processConfig,
  serviceConfig,
} from "@cartwright/service/service-config";
import type { z } from "zod";
import { topicsConfig } from "../create-topics/config.ts";
import type { Manifest } from "./render.ts";

const owning = (config: z.ZodObject): z.ZodObject =>
  serviceConfig.extend(config.shape);

const { DATABASE_URL, PORT } = serviceConfig.shape;

/** The variables of each process, by component, as its program reads them. */
const declared: Readonly<Record<string, z.ZodObject>> = {
  gateway: serviceConfig
    .omit({
      DATABASE_URL: true,
      KAFKA_BROKERS: true,
      SERVICE_CLIENT_SECRET: true,
    })
    .extend(gatewayConfig.shape),
  identity: owning(identityConfig),
  catalog: owning(catalogConfig),
  order: owning(orderConfig),
  payment: owning(paymentConfig),
  inventory: owning(inventoryConfig),
  shipping: owning(shippingConfig),
  notification: owning(notificationConfig),
  analytics: owning(analyticsConfig),
  "payment-provider": paymentProviderConfig.extend({
    ...{ DATABASE_URL, PORT, LOG_LEVEL: processConfig.shape.LOG_LEVEL },
  }),
  topics: topicsConfig,
};

/** Node's own, and what other variables are put together from. */
const notOurs = new Set(["NODE_ENV", "ADMIN_PASSWORD"]);

type Variable = {
  readonly name: string;
  readonly value?: string;
  readonly valueFrom?: { secretKeyRef?: { name: string; key: string } };
};
type Container = {
  readonly name: string;
  readonly env?: readonly Variable[];
  readonly envFrom?: readonly { configMapRef?: { name: string } }[];
};

/** Variables that the chart sets and nobody reads, and those that a process lacks or would refuse. */
export function misconfigured(manifests: readonly Manifest[]): string[] {
  return manifests
    .flatMap(({ spec }) => containersIn(spec))
    .flatMap((container) => {
      const config = declared[container.name];
      return config ? compare(container, config, manifests) : [];
    });
}

const containersIn = (spec: unknown): readonly Container[] =>
  (spec as { template?: { spec?: { containers?: Container[] } } } | undefined)
    ?.template?.spec?.containers ?? [];

function compare(
  container: Container,
  config: z.ZodObject,
  manifests: readonly Manifest[],
): string[] {
  const environment = environmentOf(container, manifests);
  const unread = Object.keys(environment).filter(
    (name) => !(name in config.shape) && !notOurs.has(name),
  );
  return [
    ...unread.map((name) => `${container.name} never reads ${name}.`),
    ...refusals(config, environment).map(
      (sentence) => `${container.name}: ${sentence}`,
    ),
  ];
}

function refusals(
  config: z.ZodObject,
  environment: Readonly<Record<string, string>>,
): readonly string[] {
  try {
    parseConfig(config, environment);
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
}

function environmentOf(
  { env = [], envFrom = [] }: Container,
  manifests: readonly Manifest[],
): Record<string, string> {
  const named = (kind: string, name: string | undefined) =>
    manifests.find(
      (manifest) => manifest.kind === kind && manifest.metadata.name === name,
    );
  const maps = envFrom.map(
    ({ configMapRef }) => named("ConfigMap", configMapRef?.name)?.data ?? {},
  );
  const own = env.map(({ name, value, valueFrom }) => {
    const { name: secret, key = name } = valueFrom?.secretKeyRef ?? {};
    const kept = named("Secret", secret)?.stringData?.[key];
    return [name, value ?? kept ?? standIn(name)];
  });
  return Object.assign({}, ...maps, Object.fromEntries(own)) as Record<
    string,
    string
  >;
}

/** What a Secret that the chart does not make may contain. */
const standIn = (name: string): string =>
  ({
    DATABASE_URL: "postgresql://role:password@database/cartwright",
    REDIS_URL: "redis://redis:6379",
    PROVIDER_WEBHOOK_SECRET: "whsec_MDEyMzQ1Njc4OWFiY2RlZg==",
  })[name] ?? "a secret of some length";
