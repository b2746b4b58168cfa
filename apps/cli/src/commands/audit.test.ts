import type { Api } from "../api.ts";
import { auditCommand } from "./audit.ts";

it("tells what was before and after, and where there is more", async () => {
  const action = {
    ...{ at: "2026-01-01T00:00:00Z", operator: "olga", action: "sagas.retry" },
    ...{ target: "a-saga", reason: "the provider is back" },
    before: { status: "stuck" },
    after: { status: "running" },
  };
  const get = (path: string) =>
    Promise.resolve(
      path.includes("/order/")
        ? { items: [action], nextCursor: "c-1" }
        : { items: [] },
    );
  if (!("run" in auditCommand)) throw new Error("It asks the API.");
  const { text, data } = await auditCommand.run({
    api: { get } as unknown as Api,
    argument: "",
    second: "",
    options: { limit: "1" },
  });
  expect(text).toContain('{"status":"stuck"}  {"status":"running"}');
  expect(text).toContain("\nMore: --service order --cursor c-1");
  expect(data).toMatchObject({ more: [{ service: "order", cursor: "c-1" }] });
});
