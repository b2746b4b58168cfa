import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import type { RunningProcess } from "./process.ts";

/** For a first start, on a machine that has other things to do. */
const patience = seconds(120);

/** Resolves once the process says at this address that it is ready; rejects at once when it ends before. */
export async function untilReady(
  url: string,
  process: Pick<RunningProcess, "fail"> & { readonly ended: Promise<unknown> },
): Promise<void> {
  const answers = eventually(
    async () => {
      const { ok } = await fetch(`${url}/health/ready`);
      if (!ok) throw new Error(`Nobody is ready at ${url}.`);
    },
    { within: patience, every: 50 },
  );
  await Promise.race([
    answers,
    process.ended.then(() => process.fail("ended before it was ready")),
  ]);
}
