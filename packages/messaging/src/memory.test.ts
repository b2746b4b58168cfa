import { orderCompleted } from "@cartwright/contracts/order";
import { inAnyOrder, type BatchHandler } from "./handler.ts";
import { memoryOf } from "./memory.ts";

const handler = inAnyOrder([orderCompleted], () => Promise.resolve());
const keeper: BatchHandler = {
  ...handler,
  remember: (_, messages) => Promise.resolve(new Set(messages)),
};

it("is the handler's own where it has one", () => {
  expect(memoryOf("analytics", [keeper]).unseen).toBe(keeper.remember);
});

it.each([
  ["one that does not", [keeper, handler]],
  ["another that does", [keeper, keeper]],
])("refuses a handler that remembers by itself beside %s", (_, handlers) => {
  expect(() => memoryOf("analytics", handlers)).toThrow(
    "A handler of analytics remembers its messages itself",
  );
});
