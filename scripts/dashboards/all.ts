import { business } from "./business.ts";
import { database } from "./database.ts";
import { messages } from "./messages.ts";
import { orders } from "./orders.ts";
import { overview } from "./overview.ts";
import type { Dashboard } from "./panel.ts";
import { service } from "./service.ts";
import { slo } from "./slo.ts";

export const dashboards: readonly Dashboard[] = [
  overview,
  orders,
  service,
  messages,
  database,
  business,
  slo,
];
