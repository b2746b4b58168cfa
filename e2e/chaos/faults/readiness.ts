import { setTimeout as sleep } from "node:timers/promises";
import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { seconds } from "@cartwright/kernel/duration";
import type { Platform } from "../../support/platform.ts";

export type Readiness = {
  /** How often each service was asked, and who once was not ready. */
  end(): Promise<{
    readonly looks: number;
    readonly failures: readonly string[];
  }>;
};

/** Asks every service but those that are meant to be away once a second whether it is ready, until the end. */
export function readiness(
  { portOf }: Pick<Platform, "portOf">,
  away: readonly ServiceName[] = [],
): Readiness {
  const asked = serviceNames.filter((name) => !away.includes(name));
  const stopping = new AbortController();
  const failures = new Set<string>();
  let looks = 0;
  const looking = (async () => {
    while (!stopping.signal.aborted) {
      await Promise.all(
        asked.map(async (name) => {
          if (!(await isReady(portOf(name)))) failures.add(name);
        }),
      );
      looks += 1;
      await sleep(seconds(1), undefined, stopping).catch(() => undefined);
    }
  })();
  return {
    async end() {
      stopping.abort();
      await looking;
      return { looks, failures: [...failures] };
    },
  };
}

const isReady = (port: number): Promise<boolean> =>
  fetch(`http://127.0.0.1:${port}/health/ready`, {
    signal: AbortSignal.timeout(seconds(10)),
  }).then(
    ({ ok }) => ok,
    () => false,
  );
