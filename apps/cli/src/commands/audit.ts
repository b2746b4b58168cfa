import type { Command, Input, Result } from "../command.ts";
import { services } from "../services.ts";
import { table } from "../table.ts";

type Action = {
  readonly at: string;
  readonly operator: string;
  readonly action: string;
  readonly target: string;
  readonly reason: string;
  readonly before: unknown;
  readonly after: unknown;
};

export const auditCommand: Command = {
  name: "audit",
  options: ["service", "target", "operator", "limit"],
  summary: "What operators did, newest first",
  run: audit,
};

async function audit({ api, options }: Input): Promise<Result> {
  const { target, operator, limit } = options;
  const pages = await Promise.all(
    services(options.service).map(async (service) => {
      const page = await api.get<{ items: Action[] }>(
        `/operations/${service}/audit`,
        { target, operator, limit },
      );
      return page.items.map((action) => ({ service, ...action }));
    }),
  );
  const items = pages
    .flat()
    .sort((one, other) => other.at.localeCompare(one.at));
  const rows = items.map((one) => [
    ...[one.at, one.service, one.operator, one.action, one.target],
    ...[one.reason, one.after],
  ]);
  const head = [
    "at",
    "service",
    "operator",
    "action",
    "target",
    "reason",
    "after",
  ];
  return { data: { items }, text: table(head, rows, "Nobody did anything.") };
}
