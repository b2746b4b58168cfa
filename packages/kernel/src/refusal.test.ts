import { Refusal } from "./refusal.ts";

it("carries facts, but none by a name that every problem has", () => {
  const { details } = new Refusal("too-late", "It is shipped.", {
    orderStatus: "shipped",
    // @ts-expect-error -- The HTTP status would replace it.
    status: "shipped",
  });
  expect(details).toHaveProperty("orderStatus", "shipped");
});
