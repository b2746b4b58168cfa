import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { PassThrough } from "node:stream";
import { json } from "node:stream/consumers";
import { withCause } from "../src/context.ts";
import { startLogExport } from "../src/log-export.ts";
import { createLogger } from "../src/logger.ts";

const TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";

type Export = {
  resourceLogs: {
    resource: { attributes: { value: { stringValue: string } }[] };
    scopeLogs: {
      logRecords: {
        severityText: string;
        body: { stringValue: string };
        traceId?: string;
      }[];
    }[];
  }[];
};

it("hands each line on with its service, level and trace", async () => {
  const received: Export[] = [];
  const receiver = createServer((request, response) => {
    void json(request).then((body) => {
      received.push(body as Export);
      response.end("{}");
    });
  }).listen(0);
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;

  const exported = await startLogExport(`http://127.0.0.1:${port}`);
  const logger = createLogger({
    ...{ service: "cartwright", level: "info", exported },
    stream: new PassThrough().resume(),
  });
  const order = logger.child({ service: "order" });
  withCause(
    { correlationId: "flow", traceparent: `00-${TRACE}-00f067aa0ba902b7-01` },
    () => order.warn("slow", { password: "canary" }),
  );
  order.debug("not worth a line");
  await exported.stop?.();
  receiver.close();

  const [{ resource, scopeLogs } = { resource: undefined, scopeLogs: [] }] =
    received.flatMap(({ resourceLogs }) => resourceLogs);
  expect(JSON.stringify(resource)).toContain('"order"');
  const records = scopeLogs.flatMap(({ logRecords }) => logRecords);
  expect(records).toMatchObject([{ severityText: "warn", traceId: TRACE }]);
  expect(JSON.parse(records[0]?.body.stringValue ?? "")).toMatchObject({
    ...{ service: "order", message: "slow", correlationId: "flow" },
    password: "[redacted]",
  });
});

it("goes nowhere unless it is told where", async () => {
  const exported = await startLogExport(undefined);
  exported.line({ service: "order", level: "info", text: "{}" });
  expect(exported.stop).toBeUndefined();
});
