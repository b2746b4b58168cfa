import type { Command, Input, Result } from "../command.ts";
import { services } from "../services.ts";
import { table } from "../table.ts";

type Backlog = {
  readonly outbox: {
    readonly waiting: number;
    readonly oldestAge: number | null;
  };
  readonly relay: { readonly expiresAt: string } | null;
  readonly parked: { readonly keys: number; readonly messages: number };
  readonly lag: readonly { readonly behind: number }[] | null;
};

export const outboxCommand: Command = {
  name: "outbox",
  options: ["service"],
  summary: "What waits in each service to be published, heard, or for a person",
  run: outbox,
};

async function outbox({ api, options }: Input): Promise<Result> {
  const all = await Promise.all(
    services(options.service).map(async (service) => ({
      service,
      ...(await api.get<Backlog>(`/operations/${service}/outbox`)),
    })),
  );
  const rows = all.map((one) => [
    one.service,
    one.outbox.waiting,
    one.outbox.oldestAge === null
      ? null
      : `${Math.round(one.outbox.oldestAge)} s`,
    one.relay?.expiresAt ?? "the bus",
    one.lag?.reduce((sum, { behind }) => sum + behind, 0) ?? "unknown",
    one.parked.messages,
  ]);
  const head = ["service", "waiting", "oldest", "relay until", "lag", "parked"];
  return { data: { items: all }, text: table(head, rows) };
}
