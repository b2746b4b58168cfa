import type { Cause, Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import { crashPoint } from "@cartwright/kernel/crash-point";
import { newId } from "@cartwright/kernel/ids";
import { inAnyOrder, type BatchHandler } from "@cartwright/messaging/handler";
import type { Outbox } from "@cartwright/messaging/outbox";
import { answerContracts } from "./answer-contracts.ts";
import { begin, type Advanced } from "./advance.ts";
import { noteAhead, type AnswersAhead } from "./answers-ahead.ts";
import type { SagaDefinition, SagaStart } from "./define-saga.ts";
import { Definitions } from "./definitions.ts";
import { awaitedBy, type AwaitedAnswer } from "./awaited.ts";
import { isEnded, type SagaId, type SagaInstance } from "./instance.ts";
import { KnownMemories } from "./known-memories.ts";
import { versionUnknown, type OperatorInput } from "./operate.ts";
import { Round } from "./round.ts";
import type { RunClaim } from "./run-claim.ts";
import { sagaStore } from "./saga-store.ts";
import { latest, scaled } from "./saved-instances.ts";
import { deadlines, inputsThatWait, setAside } from "./timer-turns.ts";
import { publishTurn } from "./turns.ts";
import { waitingInputs, type WaitingInput } from "./waiting-inputs.ts";

/** A local decision that a saga asks for, about the aggregate of its key. */
export type LocalDecision<Decider> = {
  readonly key: string;
  readonly decider: Decider;
  /** The code of what went wrong, on the way back. */
  readonly reason: string | null;
  readonly cause: Cause;
};

export type SagaEngineOptions<Decider> = {
  readonly outbox: Outbox;
  /** Every version that may still be running. */
  readonly definitions: readonly SagaDefinition<never, Decider>[];
  /** Applies local decisions in the engine's transaction. */
  readonly decide: (
    tx: Tx,
    decisions: readonly LocalDecision<Decider>[],
  ) => Promise<void>;
  /** Shrinks time-outs and back-off in tests; 1 otherwise. */
  readonly timeScale: number;
  /** Hears what each transaction does to runs; it must not fail. */
  readonly follow?: (tx: Tx, turns: readonly Advanced[]) => void;
  /** Told of answers to commands that the database does not know. */
  readonly ahead?: AnswersAhead;
};

export type SagaAbout = {
  readonly key: string;
  readonly cause: Cause;
  /** Where the run is to be found again by what it is about; a new one unless given. The ids of its commands follow from it. */
  readonly id?: SagaId;
};

export type SagaEngine<Decider> = {
  /** Hears the answers to every command. */
  readonly answers: BatchHandler;
  /** Drafts an instance with its first command, to be saved by `save`. Made before the transaction, so that a retry saves the same. */
  begin(start: SagaStart, about: SagaAbout): Advanced<Decider>;
  /** Saves instances that were begun. */
  save(tx: Tx, begun: readonly Advanced<Decider>[]): Promise<void>;
  /** Asks the running saga about `key` to stop. Returns it as it is now, or undefined when none runs. */
  stop(tx: Tx, key: string, reason: string): Promise<SagaInstance | undefined>;
  /** Lets instances know that their deadline has passed. */
  readonly deadlines: RunClaim;
  /** Gives inputs to runs that no release at hand knew when they came. */
  readonly inputsThatWait: RunClaim;
  /** Leaves a run that fails for a person, with a line in its log if there is a `detail`, and tries it again after some minutes. */
  setAside(tx: Tx, id: SagaId, detail?: string): Promise<void>;
  /**
   * Does to a run what an operator commands. Returns it as it was and as it is, or undefined when there
   * is none of that id; refused as `operate` says, and with `version-unknown`.
   */
  operate(
    tx: Tx,
    id: string,
    input: OperatorInput,
  ): Promise<Operated | undefined>;
  /** The command in hand and the events that would answer it; undefined once the run has ended. */
  awaits(run: SagaInstance): AwaitedAnswer | undefined;
};

export type Operated = {
  readonly before: SagaInstance;
  readonly after: SagaInstance;
};

/** The shell around `advance`: locks a batch of instances, advances each, saves everything in one transaction. */
export function createSagaEngine<Decider>(
  options: SagaEngineOptions<Decider>,
): SagaEngine<Decider> {
  const engine = new Engine(options);
  return {
    // An answer is told by the command it settles, not by its place.
    answers: inAnyOrder(answerContracts(), (tx, messages) =>
      engine.hear(tx, messages),
    ),
    begin: (start, about) => engine.begin(start, about),
    save: (tx, begun) => engine.save(tx, { begun }),
    stop: (tx, key, reason) => engine.stop(tx, key, reason),
    deadlines: deadlines(engine),
    inputsThatWait: inputsThatWait(engine),
    setAside: (tx, id, detail) => setAside(tx, id, options, detail),
    operate: (tx, id, input) => engine.operate(tx, id, input),
    awaits: (run) => engine.awaits(run),
  };
}

class Engine<Decider> {
  readonly #options: SagaEngineOptions<Decider>;
  readonly definitions: Definitions<Decider>;
  readonly #memories = new KnownMemories();

  constructor(options: SagaEngineOptions<Decider>) {
    this.#options = options;
    this.definitions = new Definitions(options.definitions);
  }

  get timeScale(): number {
    return this.#options.timeScale;
  }

  begin(
    start: SagaStart,
    { id = newId(), ...about }: SagaAbout,
  ): Advanced<Decider> {
    const { memory } = start;
    const definition = this.definitions.of(start);
    const begun = begin(definition, { ...about, id, memory });
    publishTurn(undefined, begun);
    return begun;
  }

  async hear(tx: Tx, messages: readonly Message[]): Promise<void> {
    const answers = messages.filter(({ commandId }) => commandId !== undefined);
    if (answers.length === 0) return;
    const keys = [...new Set(answers.map(({ key }) => key))];
    const instances = await sagaStore.lockByKeys(tx, keys, this.#memories);
    crashPoint("saga.after-lock");
    const round = new Round(this.definitions, instances);
    for (const message of answers) round.hear(message);
    await this.save(tx, round);
    await noteAhead(tx, round.unasked, this.#options.ahead);
    crashPoint("saga.after-save");
  }

  async stop(
    tx: Tx,
    key: string,
    reason: string,
  ): Promise<SagaInstance | undefined> {
    const instances = await sagaStore.lockByKeys(tx, [key], this.#memories);
    const running = instances.find((instance) => !isEnded(instance));
    if (running === undefined) return undefined;
    const round = new Round(this.definitions, [running]);
    const stopped = round.give(running, { kind: "stop", reason });
    await this.save(tx, round);
    return stopped;
  }

  async operate(
    tx: Tx,
    id: string,
    input: OperatorInput,
  ): Promise<Operated | undefined> {
    const before = await sagaStore.lockById(tx, id);
    if (before === undefined) return undefined;
    if (!this.definitions.knows(before)) throw versionUnknown(before);
    const round = new Round(this.definitions, [before]);
    const after = round.give(before, input);
    await this.save(tx, round);
    if (input.command.action === "retry") sagaStore.restartClock(tx, id);
    return { before, after };
  }

  awaits(run: SagaInstance): AwaitedAnswer | undefined {
    if (!this.definitions.knows(run)) return undefined;
    return awaitedBy(this.definitions.of(run), run);
  }

  async save(
    tx: Tx,
    {
      begun = [],
      advanced = [],
      waiting = [],
    }: {
      readonly begun?: readonly Advanced<Decider>[];
      readonly advanced?: readonly Advanced<Decider>[];
      readonly waiting?: readonly WaitingInput[];
    },
  ): Promise<void> {
    const { outbox, timeScale } = this.#options;
    const started = advanced.flatMap(({ instance: { key }, starts, cause }) =>
      starts.map((start) => this.begin(start, { key, cause })),
    );
    const fresh = [...begun, ...started];
    const all = [...fresh, ...advanced];
    this.#options.follow?.(tx, all);
    this.#memories.keep(
      tx,
      all.map(({ instance }) => instance),
    );
    sagaStore.update(tx, latest(advanced).map(scaled(timeScale)));
    sagaStore.insert(tx, fresh.map(scaled(timeScale)));
    sagaStore.appendLog(
      tx,
      all.flatMap((turn) => turn.log),
    );
    outbox.append(
      tx,
      all.flatMap((turn) => turn.messages),
    );
    waitingInputs.append(tx, waiting);
    await this.#decide(tx, all);
  }

  async #decide(tx: Tx, all: readonly Advanced<Decider>[]): Promise<void> {
    const decisions = all.flatMap(({ instance: { key }, cause, ...turn }) =>
      turn.decisions.map((decision) => ({ key, cause, ...decision })),
    );
    if (decisions.length > 0) await this.#options.decide(tx, decisions);
  }
}
