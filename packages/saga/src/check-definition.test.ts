import * as inventory from "@cartwright/contracts/inventory";
import * as payment from "@cartwright/contracts/payment";
import { days, hours, minutes } from "@cartwright/kernel/duration";
import { checkDefinition, checkDefinitions } from "./check-definition.ts";
import { defineSaga, type SagaDefinition } from "./define-saga.ts";
import { createSagaEngine } from "./engine.ts";

type Memory = { readonly orderId: string };
type Checked = SagaDefinition<never, string>;
type Change = Readonly<Record<string, unknown>>;

const sound = defineSaga<Memory, string>("buy", {
  version: 1,
  stuckAfter: hours(1),
})
  .compensatable("reserve", {
    command: ({ orderId }) =>
      inventory.reserveInventory({ orderId, lines: [] }),
    undo: ({ orderId }) => inventory.releaseInventory({ orderId }),
    timeout: minutes(1),
  })
  .pivot("capture", {
    command: ({ orderId }) => payment.capturePayment({ orderId }),
    resendEvery: minutes(1),
  })
  .retriable("release", {
    command: ({ orderId }) => inventory.releaseInventory({ orderId }),
    resendEvery: minutes(1),
  })
  .ending({ compensated: "cancel" });
const [reserve, capture, release] = sound.steps as unknown as Change[];

/** What plain JavaScript or a cast could bring where the types allow nothing of the kind. */
const changed = (change: Change): Checked => ({ ...sound, ...change });
const withSteps = (...steps: (Change | undefined)[]): Checked =>
  changed({ steps });

it("accepts what the types accept", () => {
  expect(() => checkDefinition(sound)).not.toThrow();
});

it.each<[string, Checked, string]>([
  [
    "a compensatable step without its undo",
    withSteps({ ...reserve, undo: undefined }, capture),
    "the step reserve is compensatable but has no undo",
  ],
  [
    "two pivots",
    withSteps(reserve, capture, { ...capture, name: "ship" }),
    "it has 2 pivots, capture and ship, and may have one",
  ],
  ["no pivot", withSteps(reserve), "it has no pivot"],
  [
    "a retriable step before the pivot",
    withSteps(release, capture),
    "the step release is retriable but stands before the pivot",
  ],
  [
    "a compensatable step behind the pivot",
    withSteps(capture, reserve),
    "the step reserve is compensatable but stands behind the pivot",
  ],
  [
    "two steps of one name",
    withSteps(reserve, capture, { ...release, name: "reserve" }),
    "two of its steps are named reserve",
  ],
  [
    "a step without a command",
    withSteps({ ...reserve, command: undefined }, capture),
    "the step reserve has no command",
  ],
  [
    "a step of a kind that does not exist",
    withSteps(capture, { ...release, kind: "optional" }),
    "the step release is of no known kind: optional",
  ],
  [
    "a timeout that is no time",
    withSteps({ ...reserve, timeout: Number.NaN }, capture),
    "the step reserve has no usable timeout",
  ],
  [
    "a timeout that no deadline can hold",
    withSteps({ ...reserve, timeout: days(30) }, capture),
    "the step reserve has no usable timeout",
  ],
  [
    "a pivot that is never sent again",
    withSteps(reserve, { ...capture, resendEvery: undefined }),
    "the step capture does not say how often it is sent again",
  ],
  [
    "a step without a name",
    withSteps(capture, { ...release, name: "" }),
    "a step has no name",
  ],
  [
    "a version that does not count",
    changed({ version: 0 }),
    "its version is 0, not 1, 2, 3",
  ],
  [
    "no limit to trying",
    changed({ stuckAfter: undefined }),
    "it does not say after how long it is stuck",
  ],
  [
    "no ending",
    changed({ endings: {} }),
    "it does not say what is decided when it is compensated",
  ],
])("refuses %s at start", (_, definition, complaint) => {
  const start = () =>
    createSagaEngine({
      definitions: [definition],
      outbox: { append: () => undefined },
      decide: () => Promise.resolve(),
      timeScale: 1,
    });
  expect(start).toThrow(`The saga buy cannot be run: ${complaint}`);
});

it("refuses two definitions of one version", () => {
  expect(() => checkDefinitions([sound, sound])).toThrow(
    "There are two definitions of buy version 1.",
  );
});
