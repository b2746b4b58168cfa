import type { CrashPoint } from "@cartwright/kernel/crash-point";
import type { EventKind } from "./faults.ts";
import type { World } from "./world.ts";

/** What somebody does to the system from time to time, until `end`. */
export class Chaos {
  /** How often each crash point was passed, and how often somebody died there. */
  readonly passed = new Map<CrashPoint, number>();
  readonly deaths = new Map<CrashPoint, number>();
  readonly #world: World;
  #over = false;

  constructor(world: World) {
    this.#world = world;
  }

  begin(): void {
    this.#world.faults.begin();
    for (const [kind, mean] of Object.entries(this.#world.plan.every))
      if (kind !== "kill-at-point") this.#repeat(kind as EventKind, mean);
  }

  /** From now on nothing goes wrong any more; who is held up will go on in his time. */
  end(): void {
    const { kernel, broker, faults } = this.#world;
    this.#over = true;
    faults.stop();
    broker.down = false;
    kernel.trace.add(`${kernel.now()} faults end`);
  }

  /** The hook of the crash points: sometimes whoever passes one dies there. */
  readonly at = (point: CrashPoint): void => {
    const { kernel, plan, faults } = this.#world;
    this.passed.set(point, (this.passed.get(point) ?? 0) + 1);
    if (this.#over || plan.deathAtPoint === 0) return;
    if (!kernel.chance(plan.deathAtPoint)) return;
    const process = this.#world.current();
    if (process === undefined) return;
    this.deaths.set(point, (this.deaths.get(point) ?? 0) + 1);
    kernel.trace.add(`${kernel.now()} at ${point}`);
    faults.count("kill-at-point");
    this.#world.kill(process, this.#pause(5_000));
  };

  #repeat(kind: EventKind, mean: number): void {
    const { kernel, faults } = this.#world;
    kernel.schedule(-Math.log(1 - kernel.random()) * mean, () => {
      if (this.#over) return;
      if (this.#act(kind)) faults.count(kind);
      this.#repeat(kind, mean);
    });
  }

  /** False when there was nothing to act upon. */
  #act(kind: EventKind): boolean {
    const { kernel, broker, server, processes } = this.#world;
    switch (kind) {
      case "kill": {
        if (processes.length === 0) return false;
        this.#world.kill(kernel.pick(processes), this.#pause(5_000));
        return true;
      }
      case "freeze":
        return this.#freeze();
      case "broker-down": {
        broker.down = true;
        kernel.schedule(this.#pause(8_000), () => (broker.down = false));
        return true;
      }
      case "offsets-reset":
      case "rebalance": {
        const groups = broker.groups();
        if (groups.length === 0) return false;
        const group = kernel.pick(groups);
        if (kind === "rebalance") group.rebalance();
        else group.forgetOffsets();
        return true;
      }
      case "database-down":
        server.restart(this.#pause(3_000));
        return true;
      case "kill-at-point":
        return false;
    }
  }

  /** Held up, as by SIGSTOP, and going on as if nothing had been. */
  #freeze(): boolean {
    const { kernel, processes } = this.#world;
    const running = processes.filter(({ actor }) => !actor.frozen);
    if (running.length === 0) return false;
    const process = kernel.pick(running);
    process.actor.frozen = true;
    kernel.trace.add(`${kernel.now()} freeze ${process.actor.name}`);
    const long = kernel.chance(0.5);
    kernel.schedule(this.#pause(long ? 25_000 : 3_000), () => {
      kernel.thaw(process.actor);
      kernel.trace.add(`${kernel.now()} thaw ${process.actor.name}`);
    });
    return true;
  }

  #pause(most: number): number {
    return 100 + this.#world.kernel.random() * most;
  }
}
