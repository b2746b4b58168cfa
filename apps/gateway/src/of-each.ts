import type { ServiceName } from "@cartwright/contracts/services";
import type { Upstream } from "./upstream.ts";

export type Upstreams = Readonly<Record<ServiceName, Upstream>>;

/** What each service answers; nothing from those that do not. */
export async function ofEach<T>(
  upstreams: Upstreams,
  ask: (upstream: Upstream) => Promise<T>,
): Promise<Partial<Record<ServiceName, T>>> {
  const answers = await Promise.all(
    Object.entries(upstreams).map(async ([name, upstream]) => [
      name,
      await ask(upstream).catch(() => undefined),
    ]),
  );
  return Object.fromEntries(answers) as Partial<Record<ServiceName, T>>;
}
