import type { Message } from "@cartwright/contracts/message";
import { advance, type Advanced, type SagaInput } from "./advance.ts";
import type { Definitions } from "./definitions.ts";
import type { SagaId, SagaInstance } from "./instance.ts";
import { publishTurn } from "./turns.ts";
import type { WaitingInput } from "./waiting-inputs.ts";

/**
 * What one transaction does to the instances it has locked: each input is taken by the instance as the
 * one before has left it. What befalls a run whose version this release does not know is laid aside.
 */
export class Round<Decider> {
  readonly advanced: Advanced<Decider>[] = [];
  readonly waiting: WaitingInput[] = [];
  /** Answers to commands that no run has sent, as far as this database knows. */
  readonly unasked: Message[] = [];
  readonly #definitions: Definitions<Decider>;
  readonly #instances: Map<SagaId, SagaInstance>;
  readonly #lockedByKey: ReadonlyMap<string, readonly SagaInstance[]>;

  constructor(
    definitions: Definitions<Decider>,
    instances: readonly SagaInstance[],
  ) {
    this.#definitions = definitions;
    this.#instances = new Map(instances.map((one) => [one.id, one]));
    this.#lockedByKey = Map.groupBy(instances, ({ key }) => key);
  }

  /** Gives an answer to the run whose command it answers; one that nobody has asked for is passed over, and noted. */
  hear(message: Message): void {
    const addressee = this.#addresseeOf(message);
    if (
      addressee === undefined ||
      this.#definitions.isYetToSend(addressee, message.commandId)
    )
      this.unasked.push(message);
    if (addressee) this.give(addressee, { kind: "answer", message });
  }

  /** Returns the instance as the input leaves it. */
  give({ id }: { readonly id: SagaId }, input: SagaInput): SagaInstance {
    const instance = this.#instances.get(id);
    if (instance === undefined)
      throw new Error(`The saga ${id} is not locked.`);
    if (!this.#definitions.knows(instance)) {
      this.waiting.push({ sagaId: id, input });
      return instance;
    }
    const definition = this.#definitions.of(instance);
    const turn = advance(definition, instance, input);
    publishTurn(input, turn);
    this.advanced.push(turn);
    this.#instances.set(id, turn.instance);
    return turn.instance;
  }

  /** The run whose command in hand is answered, else the one that once sent that command, else one that may have. */
  #addresseeOf({ key, commandId = "" }: Message): SagaInstance | undefined {
    const locked = this.#lockedByKey.get(key) ?? [];
    const runs = locked.map((run) => this.#instances.get(run.id) ?? run);
    return (
      runs.find((run) => run.commandId === commandId) ??
      runs.find((run) => this.#definitions.hasSent(run, commandId)) ??
      runs.find((run) => !this.#definitions.knows(run))
    );
  }
}
