import { contracts } from "@cartwright/contracts/catalogue";
import { loadBreaker } from "@cartwright/http/breaker";
import type { Transport } from "@cartwright/http/http-transport";
import { seconds } from "@cartwright/kernel/duration";
import type { Part } from "@cartwright/kernel/part";
import { setImmediate as pause } from "node:timers/promises";

/** Has ready what the first order needs, without keeping anybody waiting for it. */
export const rehearsal = (transport: Transport): Part => ({
  name: "rehearsal",
  async start() {
    await Promise.resolve();
    void Promise.allSettled([
      loadBreaker(),
      transport({
        method: "GET",
        path: "/health/live",
        headers: {},
        signal: AbortSignal.timeout(seconds(5)),
      }),
      compileSchemas(),
    ]);
  },
});

/** Zod compiles a schema when it is given its first object. */
async function compileSchemas(): Promise<void> {
  for (const { schema } of contracts) {
    await pause();
    schema.safeParse({});
  }
}
