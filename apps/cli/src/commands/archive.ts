import { reasonOf, type Command, type Input, type Result } from "../command.ts";
import { UsageError } from "../failures.ts";

type Page = { readonly events: number; readonly nextCursor?: string };

const path = "/operations/analytics/archive/republish";
const mostPerRequest = 1_000;
/** Unless `--limit` says otherwise. */
const most = 100_000;

export const archiveCommand: Command = {
  name: "archive republish",
  options: ["key", "topic", "from", "to", "limit", "cursor", "reason"],
  summary:
    "Publish events again for consumers that have missed them; by --key, or by time as in --from 2026-05-01T12:00:00Z",
  run: republish,
};

async function republish({ api, options }: Input): Promise<Result> {
  const { key, topic, from, to } = options;
  if (key === undefined && from === undefined)
    throw new UsageError("Name the --key of the events, or the time --from.");
  const limit = limitOf(options.limit);
  const reason = reasonOf(options);
  // The same for every page: what is archived meanwhile is nothing that anybody has missed.
  const until = to ?? new Date().toISOString();
  let events = 0;
  let cursor = options.cursor;
  do {
    const page: Page = await api.post<Page>(path, {
      ...{ reason, key, topic, from, cursor, to: until },
      limit: Math.min(limit - events, mostPerRequest),
    });
    events += page.events;
    cursor = page.nextCursor;
  } while (cursor !== undefined && events < limit);
  const rest =
    cursor === undefined ? "" : `\nMore: --to ${until} --cursor ${cursor}`;
  return {
    data: { events, ...(cursor !== undefined && { nextCursor: cursor }) },
    text: `${events} published again.${rest}`,
  };
}

function limitOf(text: string | undefined): number {
  const limit = text === undefined ? most : Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new UsageError(`--limit ${String(text)} is no number of events.`);
}
