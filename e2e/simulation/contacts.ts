import { serviceNames } from "@cartwright/contracts/services";
import type {
  ServiceClient,
  ServiceClients,
} from "@cartwright/http/service-client";
import { Refusal } from "@cartwright/kernel/refusal";
import type { Faults } from "./faults.ts";
import type { Kernel } from "./kernel.ts";
import { call, type Distance } from "./remote.ts";

/** After this a client of another service gives up. */
const deadline = 5_000;

/** The other services over HTTP: identity knows everybody's address, and nobody else is there. */
export function contactsOnly({
  kernel,
  faults,
  distance,
}: {
  readonly kernel: Kernel;
  readonly faults: Faults;
  readonly distance: Distance;
}): ServiceClients {
  const clients = serviceNames.map((name) => {
    const refuse = () =>
      Promise.reject(new Refusal(`${name}-unavailable`, "Not simulated."));
    return [name, { get: refuse, post: refuse } satisfies ServiceClient];
  });
  const identity: Pick<ServiceClient, "get"> = {
    get: (path, { schema }) =>
      call(kernel, distance, ({ give, refuse }) => {
        const unavailable = () =>
          refuse(new Refusal("identity-unavailable", "No answer."));
        if (faults.happens("contacts-error")) {
          unavailable();
          return;
        }
        if (faults.happens("contacts-answer-lost")) {
          kernel.schedule(deadline, unavailable);
          return;
        }
        const ids = path.slice(path.indexOf("=") + 1).split(",");
        const items = ids.map((userId) => ({
          userId,
          email: `${userId}@example.com`,
          name: "A. Shopper",
        }));
        give(schema.parse({ items }));
      }),
  };
  const all = Object.fromEntries(clients) as ServiceClients;
  return { ...all, identity: { ...all.identity, ...identity } };
}
