import type { Command, Input, Result } from "../command.ts";
import { UsageError } from "../failures.ts";
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
  options: ["service", "target", "operator", "limit", "cursor"],
  summary: "What operators did, newest first",
  run: audit,
};

async function audit({ api, options }: Input): Promise<Result> {
  const { target, operator, limit, cursor } = options;
  if (cursor !== undefined && options.service === undefined)
    throw new UsageError("A --cursor belongs to one --service.");
  const pages = await Promise.all(
    services(options.service).map(async (service) => ({
      service,
      page: await api.get<{ items: Action[]; nextCursor?: string }>(
        `/operations/${service}/audit`,
        { target, operator, limit, cursor },
      ),
    })),
  );
  const items = pages
    .flatMap(({ service, page }) =>
      page.items.map((action) => ({ service, ...action })),
    )
    .sort((one, other) => other.at.localeCompare(one.at));
  const more = pages.flatMap(({ service, page: { nextCursor } }) =>
    nextCursor === undefined ? [] : [{ service, cursor: nextCursor }],
  );
  const rows = items.map((one) => [
    ...[one.at, one.service, one.operator, one.action, one.target],
    ...[one.reason, one.before, one.after],
  ]);
  const text = [
    table(columns, rows, "Nobody did anything."),
    ...more.map(
      (page) => `\nMore: --service ${page.service} --cursor ${page.cursor}`,
    ),
  ].join("");
  return { data: { items, more }, text };
}

const columns = [
  ...["at", "service", "operator", "action", "target"],
  ...["reason", "before", "after"],
];
