import { setTimeout as sleep } from "node:timers/promises";
import { serviceNames } from "@cartwright/contracts/services";
import { seconds, type Duration } from "@cartwright/kernel/duration";
import type { Chaos, Fault } from "../chaos.ts";
import { outcomeOf } from "../history.ts";

const share = 0.3;
const every = seconds(10);
const mostErrors = 0.001;

/** Again and again some processes die or are told to stop, whichever it hits. */
export const randomRestarts = (lasting: Duration): Fault => ({
  id: "F10",
  name: "random-restarts",
  about: `every ${every / 1_000} s ${share * 100} % of all processes, killed or told to stop, for ${lasting / 1_000} s`,
  async run(chaos) {
    const before = chaos.history.postings.length;
    const end = performance.now() + lasting;
    let injected = 0;
    while (performance.now() < end) {
      injected += strike(chaos);
      await sleep(every);
    }
    const recovery = await chaos.canary();
    const postings = chaos.history.postings.slice(before);
    const count = (isSo: (one: (typeof postings)[number]) => boolean) =>
      postings.filter(isSo).length;
    const failed = count((posting) => outcomeOf(posting) !== "ok");
    const repeated = count(({ replies: [first] }) => first?.status !== 202);
    const rate = `${failed} of ${postings.length} orders failed`;
    if (failed > mostErrors * postings.length) throw new Error(`${rate}.`);
    return {
      injected,
      recoveries: [recovery],
      notes: [`${rate}; ${repeated} were not answered at the first try`],
    };
  },
});

/** Returns how many were struck. */
function strike({ pidsOf }: Chaos): number {
  const pids = ([...serviceNames, "gateway"] as const).flatMap(pidsOf);
  const count = Math.ceil(share * pids.length);
  for (let struck = 0; struck < count; struck += 1) {
    const [pid] = pids.splice(Math.floor(Math.random() * pids.length), 1);
    if (pid !== undefined)
      process.kill(pid, Math.random() < 0.5 ? "SIGKILL" : "SIGTERM");
  }
  return count;
}
