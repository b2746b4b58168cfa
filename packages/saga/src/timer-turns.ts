import type { Tx } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { longestBackOff } from "./command.ts";
import type { Definitions } from "./definitions.ts";
import type { SagaId } from "./instance.ts";
import { Round } from "./round.ts";
import type { RunClaim } from "./run-claim.ts";
import { runStore } from "./run-store.ts";
import { sagaStore } from "./saga-store.ts";
import { waitingInputs } from "./waiting-inputs.ts";

export type TimerTurns<Decider> = {
  readonly definitions: Definitions<Decider>;
  readonly timeScale: number;
  save(tx: Tx, round: Round<Decider>): Promise<void>;
};

/** Deadlines that have passed. Those of a release that is newer than this one are left to it. */
export const deadlines = <Decider>(engine: TimerTurns<Decider>): RunClaim => ({
  async take(tx, limit, among) {
    const due = await (among
      ? runStore.lockDueAmong(tx, among)
      : sagaStore.lockDue(tx, limit, engine.definitions.versions));
    if (due.length > 0) crashPoint("saga-timer.after-lock");
    const round = new Round(
      engine.definitions,
      due.map(({ waited: _, ...instance }) => instance),
    );
    for (const { id, waited } of due)
      round.give(
        { id },
        { kind: "timeout", waited: waited / engine.timeScale },
      );
    await engine.save(tx, round);
    return due.length;
  },
  candidates: (db, limit) =>
    runStore.due(db, limit, engine.definitions.versions),
});

/** Inputs that came for runs which no release at hand knew. */
export const inputsThatWait = <Decider>(
  engine: TimerTurns<Decider>,
): RunClaim => ({
  async take(tx, limit, among) {
    const taken = await (among
      ? waitingInputs.takeAmong(tx, limit, among)
      : waitingInputs.take(tx, limit, engine.definitions.versions));
    const round = new Round(
      engine.definitions,
      taken.map(({ input: _, ...instance }) => instance),
    );
    for (const { id, input } of taken) round.give({ id }, input);
    await engine.save(tx, round);
    return taken.length;
  },
  candidates: (db, limit) =>
    waitingInputs.runs(db, limit, engine.definitions.versions),
});

/** Leaves the run for a person, with a line in its log unless that says so already. */
export async function setAside(
  tx: Tx,
  id: SagaId,
  { timeScale }: { readonly timeScale: number },
  detail: string | undefined,
): Promise<void> {
  const stuck = await runStore.setAside(
    tx,
    id,
    Math.round(longestBackOff * timeScale),
  );
  if (detail === undefined || !stuck?.isNews) return;
  const { isNews: _, ...line } = stuck;
  sagaStore.appendLog(tx, [{ ...line, entry: "stuck", detail }]);
}
