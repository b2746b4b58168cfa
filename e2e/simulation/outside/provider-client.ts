import type { Operation } from "@cartwright/app-payment-provider/domain/authorization";
import type {
  Authorization,
  PaymentProvider,
} from "@cartwright/app-payment/provider/payment-provider";
import type { Part } from "@cartwright/kernel/part";
import type { Faults } from "../faults.ts";
import type { Kernel } from "../kernel.ts";
import { call, type Distance } from "../remote.ts";
import type { SimProvider } from "./provider.ts";

type Options = {
  readonly kernel: Kernel;
  readonly faults: Faults;
  readonly distance: Distance;
  readonly provider: SimProvider;
};

const slowest = 15_000;

/** The payment service's way to the simulated provider: what was asked may be done though no answer comes. */
export function providerClient(options: Options): PaymentProvider & Part {
  const { provider } = options;
  const operate = (operation: Operation, signal: AbortSignal) =>
    ask(options, signal, () => held(provider.carryOut(operation)));
  return {
    name: "simulated payment provider",
    authorize: ({ paymentToken: token, ...request }, signal) =>
      operate({ type: "authorize", token, ...request }, signal),
    find: (key, signal) => ask(options, signal, () => provider.find(key)),
    capture: (key, signal) => operate({ type: "capture", key }, signal),
    void: (key, signal) => operate({ type: "void", key }, signal),
    refund: (key, signal) => operate({ type: "refund", key }, signal),
  };
}

function held(authorization: Authorization | undefined): Authorization {
  if (authorization === undefined)
    throw new Error("The payment provider answered 404.");
  return authorization;
}

function ask<T>(
  { kernel, faults, distance }: Options,
  signal: AbortSignal,
  act: () => T,
): Promise<T> {
  const answer = call<T>(kernel, distance, ({ give, refuse }) => {
    const done = () => {
      try {
        give(act());
      } catch (error) {
        refuse(error as Error);
      }
    };
    if (faults.happens("provider-error")) {
      refuse(new Error("The payment provider answered 503."));
    } else if (faults.happens("provider-answer-lost")) {
      act();
    } else if (faults.happens("provider-late")) {
      kernel.schedule(kernel.random() * slowest, done);
    } else {
      if (faults.happens("provider-twice")) act();
      done();
    }
  });
  return unlessAborted(answer, signal);
}

const unlessAborted = <T>(
  answer: Promise<T>,
  signal: AbortSignal,
): Promise<T> =>
  new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error), {
      once: true,
    });
    answer.then(resolve, reject);
  });
