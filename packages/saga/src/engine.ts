import { contracts } from "@cartwright/contracts/catalogue";
import type { CommandContract, Contract } from "@cartwright/contracts/define";
import type { Cause, Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import { newId } from "@cartwright/kernel/ids";
import type { BatchHandler } from "@cartwright/messaging/handler";
import type { Outbox } from "@cartwright/messaging/outbox";
import { advance, begin, type Advanced, type SagaInput } from "./advance.ts";
import { commandIdOf } from "./command.ts";
import type { SagaDefinition, SagaStart } from "./define-saga.ts";
import { isEnded, type SagaId, type SagaInstance } from "./instance.ts";
import { sagaStore, type SavedInstance } from "./saga-store.ts";

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
};

export type SagaEngine<Decider> = {
  /** Hears the answers to every command. */
  readonly answers: BatchHandler;
  /** Drafts an instance with its first command, to be saved by `save`. Made before the transaction, so that a retry saves the same. */
  begin(
    start: SagaStart,
    about: { readonly key: string; readonly cause: Cause },
  ): Advanced<Decider>;
  /** Saves instances that were begun. */
  save(tx: Tx, begun: readonly Advanced<Decider>[]): Promise<void>;
  /** Asks the running saga about `key` to stop. Returns it as it is now, or undefined when none runs. */
  stop(tx: Tx, key: string, reason: string): Promise<SagaInstance | undefined>;
  /** Lets up to `limit` instances know that their deadline has passed; returns how many did. */
  timeOut(tx: Tx, limit: number): Promise<number>;
};

/** The shell around `advance`: locks a batch of instances, advances each, saves everything in one transaction. */
export function createSagaEngine<Decider>(
  options: SagaEngineOptions<Decider>,
): SagaEngine<Decider> {
  const definitionOf = registry(options.definitions);
  const turn = (instance: SagaInstance, input: SagaInput): Advanced<Decider> =>
    advance(definitionOf(instance), instance, input);
  const beginSaga: SagaEngine<Decider>["begin"] = (start, about) =>
    begin(definitionOf(start), { ...about, id: newId(), memory: start.memory });

  const save = async (
    tx: Tx,
    advanced: readonly Advanced<Decider>[],
    begun: readonly Advanced<Decider>[],
  ): Promise<void> => {
    const started = advanced.flatMap(({ instance: { key }, starts, cause }) =>
      starts.map((start) => beginSaga(start, { key, cause })),
    );
    const all = [...begun, ...started, ...advanced];
    await Promise.all([
      sagaStore.update(tx, latest(advanced).map(scaled(options.timeScale))),
      sagaStore.insert(
        tx,
        [...begun, ...started].map(scaled(options.timeScale)),
      ),
      sagaStore.appendLog(
        tx,
        all.flatMap(({ log }) => log),
      ),
      options.outbox.append(
        tx,
        all.flatMap(({ messages }) => messages),
      ),
      decideAll(tx, all),
    ]);
  };
  const decideAll = async (
    tx: Tx,
    advanced: readonly Advanced<Decider>[],
  ): Promise<void> => {
    const decisions = advanced.flatMap(
      ({ instance: { key }, decisions: own, cause }) =>
        own.map((decision) => ({ key, cause, ...decision })),
    );
    if (decisions.length > 0) await options.decide(tx, decisions);
  };

  return {
    answers: {
      contracts: answerContracts(),
      async handle(tx, messages) {
        const answers = messages.filter(
          ({ commandId }) => commandId !== undefined,
        );
        if (answers.length === 0) return;
        const keys = [...new Set(answers.map(({ key }) => key))];
        const desk = new Map(
          (await sagaStore.lockByKeys(tx, keys)).map((one) => [one.id, one]),
        );
        const advanced = answers.flatMap((message) => {
          const instance = addressee(definitionOf, [...desk.values()], message);
          if (instance === undefined) return [];
          const next = turn(instance, { kind: "answer", message });
          desk.set(instance.id, next.instance);
          return [next];
        });
        await save(tx, advanced, []);
      },
    },
    begin: beginSaga,
    save: (tx, begun) => save(tx, [], begun),
    async stop(tx, key, reason) {
      const running = (await sagaStore.lockByKeys(tx, [key])).find(
        (one) => !isEnded(one),
      );
      if (running === undefined) return undefined;
      const stopped = turn(running, { kind: "stop", reason });
      await save(tx, [stopped], []);
      return stopped.instance;
    },
    async timeOut(tx, limit) {
      const due = await sagaStore.lockDue(tx, limit);
      const advanced = due.map(({ waited, ...instance }) =>
        turn(instance, { kind: "timeout", waited: waited / options.timeScale }),
      );
      await save(tx, advanced, []);
      return due.length;
    },
  };
}

type DefinitionOf<Decider> = (named: {
  readonly saga: string;
  readonly version: number;
}) => SagaDefinition<unknown, Decider>;

function registry<Decider>(
  definitions: readonly SagaDefinition<never, Decider>[],
): DefinitionOf<Decider> {
  const byName = new Map(
    definitions.map((one) => [`${one.name}#${one.version}`, one]),
  );
  return ({ saga, version }) => {
    const definition = byName.get(`${saga}#${version}`);
    if (definition === undefined)
      throw new Error(`No definition of ${saga} version ${version}.`);
    // An instance's memory was written by this very definition.
    return definition as unknown as SagaDefinition<unknown, Decider>;
  };
}

/** The instance whose command in hand the message answers, else the one that once sent that command. */
function addressee<Decider>(
  definitionOf: DefinitionOf<Decider>,
  instances: readonly SagaInstance[],
  { key, commandId }: Message,
): SagaInstance | undefined {
  const candidates = instances.filter((instance) => instance.key === key);
  return (
    candidates.find((instance) => instance.commandId === commandId) ??
    candidates.find((instance) =>
      definitionOf(instance).steps.some(
        ({ name }) =>
          commandIdOf(instance.id, name, "do") === commandId ||
          commandIdOf(instance.id, name, "undo") === commandId,
      ),
    )
  );
}

function answerContracts(): Contract[] {
  const commands = contracts.filter(
    (contract) => contract.kind === "command",
  ) as CommandContract[];
  return [
    ...new Set(
      commands.flatMap(({ done, refused }) =>
        refused ? [done, refused] : [done],
      ),
    ),
  ];
}

/** Of several turns of one instance in a batch the last is saved, with the last deadline that was set. */
function latest<Decider>(
  advanced: readonly Advanced<Decider>[],
): SavedInstance[] {
  const byId = new Map<SagaId, SavedInstance>();
  for (const { instance, dueIn } of advanced) {
    byId.set(instance.id, {
      instance,
      dueIn: dueIn === undefined ? byId.get(instance.id)?.dueIn : dueIn,
    });
  }
  return [...byId.values()];
}

/** Deadlines spread by a tenth either way, so that what came together does not come due together. */
const scaled =
  (timeScale: number) =>
  ({ instance, dueIn }: SavedInstance): SavedInstance => ({
    instance,
    dueIn:
      typeof dueIn === "number"
        ? dueIn * timeScale * (0.9 + Math.random() / 5)
        : dueIn,
  });
