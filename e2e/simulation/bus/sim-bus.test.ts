import { noTransaction } from "@cartwright/testing/no-transaction";
import { itIsABus } from "../../../packages/messaging/test/bus-conformance.ts";
import { Faults } from "../faults.ts";
import { Actor, beginning, Kernel } from "../kernel.ts";
import { Broker } from "./broker.ts";
import { simBus } from "./sim-bus.ts";

const distance = { least: 0.1, most: 2 };

/** How much faster than the real clock it goes: sessions expire in two seconds instead of ten. */
const pace = 5;

/** The simulated bus on a clock that goes by itself, so that the suite of the real ones can be run on it. */
function world() {
  const kernel = new Kernel(1);
  const broker = new Broker(kernel, 6);
  const faults = new Faults(kernel, {});
  const begun = performance.now();
  const clock = setInterval(
    () => kernel.advanceTo(beginning + pace * (performance.now() - begun)),
    1,
  );
  let clients = 0;
  const open = () => {
    clients += 1;
    const fetchSize = (most: number) => most;
    const name = `client-${clients}`;
    return simBus({ kernel, broker, faults, distance, fetchSize, name });
  };
  return { kernel, open, stop: () => clearInterval(clock) };
}

describe("the simulated bus", () => {
  itIsABus(() => {
    const { kernel, open, stop } = world();
    return Promise.resolve({
      open,
      createTopics: () => Promise.resolve(),
      transaction: noTransaction,
      hangingMember: (group: string, topics: readonly string[]) =>
        hangingMember(kernel, open, { group, topics }),
      stop: async () => {
        stop();
        await Promise.resolve();
      },
    });
  });
});

/** A member with a batch in hand; when it is killed nothing is heard of it any more. */
async function hangingMember(
  kernel: Kernel,
  open: ReturnType<typeof world>["open"],
  options: { readonly group: string; readonly topics: readonly string[] },
) {
  const actor = new Actor("victim");
  const entered = Promise.withResolvers<undefined>();
  kernel.runAs(actor, () => {
    const member = open().subscribe({
      ...options,
      handle: () => {
        entered.resolve(undefined);
        return new Promise(() => undefined);
      },
    });
    void member.start?.();
  });
  await entered.promise;
  return { kill: () => (actor.alive = false) };
}
