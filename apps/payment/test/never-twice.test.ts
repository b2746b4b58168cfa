import { derivedId, type OrderId, type UserId } from "@cartwright/kernel/ids";
import { money } from "@cartwright/kernel/money";
import { Refusal } from "@cartwright/kernel/refusal";
import fc from "fast-check";
import {
  decide,
  type PaymentInput,
  type ProviderOutcome,
} from "../src/domain/decide.ts";
import type { PaymentEvent, TransferKind } from "../src/domain/decision.ts";
import type { Payment } from "../src/domain/payment.ts";
import {
  providerCalls,
  type ProviderRequest,
} from "../src/provider/provider-calls.ts";
import { fakeProvider } from "./fake-provider.ts";

const orderId = derivedId<"order">("an order") satisfies OrderId;
const amount = money(2_999, "EUR");
const at = new Date("2026-01-01T12:00:00Z");

const never = new AbortController().signal;

const tokens = [
  "tok_visa",
  "tok_declined",
  "tok_delayed",
  "tok_silent",
  "tok_capture_declined",
];

type Command = "authorize" | "capture" | "refund" | "cancel";

type Step =
  /** A command arrives, for the first time or again. */
  | { readonly do: Command }
  /** The worker makes a call; its answer is `kept`, or lost with the process that waited for it. */
  | { readonly do: "call"; readonly which: number; readonly kept: boolean }
  /** An answer that was kept is saved, in any order. */
  | { readonly do: "save"; readonly which: number }
  | { readonly do: "provider-settles" };

const command = (name: Command, weight: number) => ({
  arbitrary: fc.constant({ do: name }),
  weight,
});

const step: fc.Arbitrary<Step> = fc.oneof(
  command("authorize", 3),
  command("capture", 3),
  command("refund", 1),
  command("cancel", 1),
  {
    arbitrary: fc.record({
      do: fc.constant("call" as const),
      which: fc.nat(5),
      kept: fc.boolean(),
    }),
    weight: 8,
  },
  {
    arbitrary: fc.record({
      do: fc.constant("save" as const),
      which: fc.nat(5),
    }),
    weight: 6,
  },
  { arbitrary: fc.constant({ do: "provider-settles" as const }), weight: 1 },
);

/** One order's payment and everything around it, with the database reduced to three variables. */
function world(token: string) {
  const { provider, movements, holding, settlePending } = fakeProvider();
  const call = providerCalls(provider);
  const attempts = new Map<
    string,
    { request: ProviderRequest; calls: number }
  >();
  const kept: ProviderOutcome[] = [];
  const events: PaymentEvent[] = [];
  const transfers: TransferKind[] = [];
  let payment: Payment | undefined;

  function apply(input: PaymentInput): void {
    const decision = unlessRefused(() => decide(payment, input, at));
    if (decision === undefined) return;
    payment = decision.payment;
    events.push(...decision.events);
    transfers.push(...decision.transfers);
    for (const made of decision.calls) {
      const key = decision.payment.authorizationKey;
      if (key === undefined) throw new Error("A call needs an authorization.");
      if (attempts.has(made.id)) continue;
      const request = { ...made, key, reference: decision.payment.id, amount };
      attempts.set(made.id, { request, calls: 0 });
    }
  }

  async function make(id: string, keep: boolean): Promise<void> {
    const attempt = attempts.get(id);
    if (attempt === undefined) return;
    const { request, calls } = attempt;
    attempts.set(id, { request, calls: calls + 1 });
    const known = {
      id,
      kind: request.kind,
      subjectId: "",
      cause: { correlationId: "" },
    };
    const result = await call({ ...known, request, calls }, never);
    if (result.settled && keep) kept.push(result.outcome);
  }

  /** As the worker does it: only the outcome of an attempt that is still there counts. */
  function save(which: number): void {
    const outcome = kept.splice(which % Math.max(kept.length, 1), 1)[0];
    if (outcome !== undefined && attempts.delete(outcome.id)) apply(outcome);
  }

  const commands: Readonly<Record<Command, PaymentInput>> = {
    authorize: {
      type: "authorize",
      id: derivedId("authorize"),
      orderId,
      customerId: derivedId<"user">("a customer") satisfies UserId,
      amount,
      paymentToken: token,
    },
    capture: { type: "capture", id: derivedId("capture"), orderId },
    refund: { type: "refund" },
    cancel: { type: "cancel", id: derivedId("cancel"), orderId, amount },
  };

  async function take(next: Step): Promise<void> {
    switch (next.do) {
      case "call":
        await make(
          [...attempts.keys()][next.which % attempts.size] ?? "",
          next.kept,
        );
        break;
      case "save":
        save(next.which);
        break;
      case "provider-settles":
        settlePending();
        break;
      case "authorize":
      case "capture":
      case "refund":
      case "cancel":
        apply(commands[next.do]);
    }
  }

  /** The faults end, and everything that was begun is brought to its end. */
  async function quiesce(): Promise<void> {
    for (let round = 0; round < 10 && attempts.size > 0; round += 1) {
      settlePending();
      for (const id of [...attempts.keys()]) await make(id, true);
      while (kept.length > 0) save(0);
    }
  }

  return {
    take,
    quiesce,
    movements,
    holding,
    events,
    transfers,
    attempts,
    payment: () => payment,
  };
}

function unlessRefused<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof Refusal) return undefined;
    throw error;
  }
}

const count = <T>(items: readonly T[], item: T) =>
  items.filter((other) => other === item).length;

describe("whatever comes in whatever order, with crashes in between", () => {
  it("takes money at most once, gives it back when cancelled, and both ledgers agree", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...tokens),
        fc.array(step, { maxLength: 40, size: "max" }),
        async (token, steps) => {
          const { take, quiesce, ...end } = world(token);
          for (const next of steps) await take(next);
          await quiesce();

          const theirs = end.movements.map(({ kind }) => kind);
          expect(count(theirs, "capture")).toBeLessThanOrEqual(1);
          expect(count(theirs, "refund")).toBeLessThanOrEqual(
            count(theirs, "capture"),
          );
          expect([...end.transfers].sort()).toEqual([...theirs].sort());
          expect(end.attempts.size).toBe(0);
          expect(end.events.map(({ sequence }) => sequence)).toEqual(
            end.events.map((_, index) => index + 1),
          );
          if (steps.some((one) => one.do === "cancel")) {
            expect(end.payment()?.status).toBe("cancelled");
            expect(end.holding()).toBe(0);
            expect(count(theirs, "refund")).toBe(count(theirs, "capture"));
            expect(end.events.some(({ type }) => type === "cancelled")).toBe(
              true,
            );
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
