import { drawing, type Draw } from "./draw.ts";
import type { Operation, OperationKind } from "./operation.ts";
import { outcomeOf, perform, text, type Outcome, type World } from "./world.ts";

/** `operation` undefined stands for the command. */
type Step = {
  readonly session: number;
  readonly command: string;
  readonly operation: Operation | undefined;
};

export type Verdict = {
  /** The two worlds differ here; undefined when they agree. */
  readonly difference: string | undefined;
  /** Of several who waited some were let go, or a deadlock had its victim: who that is may go either way. */
  readonly isOpen: boolean;
  readonly steps: number;
  readonly waits: number;
};

/** Runs one drawn trace in both worlds step by step and compares what they say after each. */
export async function runTrace(
  seed: number,
  kinds: readonly OperationKind[],
  worlds: readonly [World, World],
): Promise<Verdict> {
  const trace = new Trace(drawing(seed), kinds, worlds);
  await Promise.all(worlds.map((world) => world.reset()));
  return trace.run();
}

class Trace {
  readonly #draw: Draw;
  readonly #kinds: readonly OperationKind[];
  readonly #worlds: readonly [World, World];
  readonly #log: string[] = [];
  /** Per session: whether a transaction is open, and whether it has failed. */
  readonly #open: ("no" | "yes" | "failed")[];
  readonly #calls: Map<number, Outcome>[] = [new Map(), new Map()];
  readonly #busy = new Set<number>();
  /** The newest call in each world. */
  #newest: Promise<unknown>[] = [];
  #isOpen = false;
  #waits = 0;

  constructor(
    draw: Draw,
    kinds: readonly OperationKind[],
    worlds: readonly [World, World],
  ) {
    this.#draw = draw;
    this.#kinds = kinds;
    this.#worlds = worlds;
    this.#open = worlds[0].sessions.map(() => "no");
  }

  async run(): Promise<Verdict> {
    const length = this.#draw.integer(4, 8 * this.#open.length + 4);
    for (let count = 0; count < length; count += 1) {
      const difference = await this.#take(this.#draw.pick(this.#free()));
      if (difference) return this.#verdict(difference);
    }
    for (;;) {
      const session = this.#free().find((one) => this.#open[one] !== "no");
      if (session === undefined) break;
      const command = this.#draw.chance(0.7) ? "COMMIT" : "ROLLBACK";
      const difference = await this.#do({
        session,
        command,
        operation: undefined,
      });
      if (difference) return this.#verdict(difference);
    }
    const [one, other] = await Promise.all(
      this.#worlds.map((world) => world.contents()),
    );
    return this.#verdict(
      differenceOf("the tables", fromMap(one), fromMap(other)),
    );
  }

  #free(): number[] {
    return this.#open.flatMap((_, one) => (this.#busy.has(one) ? [] : [one]));
  }

  #take(session: number): Promise<string | undefined> {
    const state = this.#open[session];
    const chance = this.#draw.random();
    const operation = this.#draw.pick(this.#kinds)(this.#draw);
    if (state === "no" && chance < 0.7)
      return this.#do({ session, command: "BEGIN", operation: undefined });
    if (state === "yes" && chance < 0.2)
      return this.#do({ session, command: "COMMIT", operation: undefined });
    if (
      state !== "no" &&
      (chance < 0.27 || (state === "failed" && chance < 0.8))
    )
      return this.#do({ session, command: "ROLLBACK", operation: undefined });
    return this.#do({ session, command: "", operation });
  }

  async #do(step: Step): Promise<string | undefined> {
    const { session, command, operation } = step;
    this.#log.push(
      `${session}: ${operation ? `${operation.name} ${text(operation.args)}` : command}`,
    );
    const before = new Set(this.#busy);
    this.#busy.add(session);
    if (!operation) this.#open[session] = command === "BEGIN" ? "yes" : "no";
    this.#newest = this.#worlds.map((world, index) => {
      const on = world.sessions[session];
      if (!on) throw new RangeError(`There is no session ${session}.`);
      const call = operation
        ? perform(on, operation)
        : outcomeOf(on.control(command));
      return call.then((outcome) => this.#calls[index]?.set(session, outcome));
    });
    return this.#compare(before);
  }

  async #compare(before: ReadonlySet<number>): Promise<string | undefined> {
    const finished = await Promise.all(
      this.#worlds.map((world, index) => this.#settled(world, index)),
    );
    const [one, other] = finished.map((done) =>
      Object.fromEntries(
        [...done]
          .sort(([left], [right]) => left - right)
          .map(([key, value]) => [`session ${key}`, value]),
      ),
    );
    const released = [...before].some((session) =>
      finished.some((done) => done.has(session)),
    );
    const victims = finished.some((done) =>
      [...done.values()].some((outcome) => isVictim(outcome)),
    );
    if (victims || (before.size > 1 && released)) this.#isOpen = true;
    const difference = differenceOf("the answers", one, other);
    for (const [session, outcome] of finished[0] ?? []) {
      this.#busy.delete(session);
      if ("code" in outcome && this.#open[session] === "yes")
        this.#open[session] = "failed";
    }
    this.#waits += this.#busy.size;
    return difference;
  }

  /** Settles a world and takes what it has answered. */
  async #settled(world: World, index: number): Promise<Map<number, Outcome>> {
    const calls = this.#calls[index] ?? new Map<number, Outcome>();
    await world.settle(
      () => [...this.#busy].filter((one) => !calls.has(one)),
      this.#newest[index] ?? Promise.resolve(),
    );
    const done = new Map(calls);
    calls.clear();
    return done;
  }

  #verdict(difference: string | undefined): Verdict {
    return {
      difference:
        difference && `${difference}\nafter\n  ${this.#log.join("\n  ")}`,
      isOpen: this.#isOpen,
      steps: this.#log.length,
      waits: this.#waits,
    };
  }
}

const isVictim = (outcome: Outcome): boolean =>
  "code" in outcome && outcome.code === "40P01";

const fromMap = (map: ReadonlyMap<string, unknown> | undefined): unknown =>
  Object.fromEntries(
    [...(map ?? [])].sort(([one], [other]) => (one < other ? -1 : 1)),
  );

function differenceOf(
  what: string,
  simulated: unknown,
  real: unknown,
): string | undefined {
  const [one, other] = [text(simulated), text(real)];
  return one === other
    ? undefined
    : `${what} differ:\n  simulated ${one}\n  Postgres  ${other}`;
}
