import {
  startTracing,
  type Attributes,
  type Tracing,
} from "@cartwright/observability/tracing";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { json } from "node:stream/consumers";

export type RecordedSpan = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  /** By OTLP: 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: number;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly failed: boolean;
  readonly attributes: Attributes;
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
  }[];
};

type Value = {
  readonly stringValue?: string;
  readonly intValue?: number | string;
  readonly boolValue?: boolean;
};
type Exported = Omit<RecordedSpan, "failed" | "attributes"> & {
  readonly status?: { readonly code?: number };
  readonly attributes?: readonly {
    readonly key: string;
    readonly value: Value;
  }[];
};
type Export = {
  readonly resourceSpans: readonly {
    readonly scopeSpans: readonly { readonly spans: readonly Exported[] }[];
  }[];
};

/** What a collector is sent of the work's spans, all of which are recorded unless `sampleRatio` says otherwise. */
export async function recordedSpans(
  work: (tracing: Tracing) => Promise<unknown>,
  { service = "test", sampleRatio = 1 } = {},
): Promise<RecordedSpan[]> {
  const received: RecordedSpan[] = [];
  const receiver = createServer((request, response) => {
    void json(request).then((body) => {
      received.push(...spansOf(body as Export));
      response.end("{}");
    });
  }).listen(0, "127.0.0.1");
  await once(receiver, "listening");
  const { port } = receiver.address() as AddressInfo;
  const endpoint = `http://127.0.0.1:${port}`;
  try {
    const tracing = await startTracing({ service, endpoint, sampleRatio });
    await work(tracing);
    await tracing.stop?.();
  } finally {
    receiver.close();
    receiver.closeAllConnections();
  }
  return received;
}

const spansOf = ({ resourceSpans }: Export): RecordedSpan[] =>
  resourceSpans
    .flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans))
    .map(({ status, attributes = [], ...span }) => ({
      ...span,
      failed: status?.code === 2,
      attributes: Object.fromEntries(
        attributes.map(({ key, value }) => [key, valueOf(value)]),
      ),
    }));

const valueOf = ({ stringValue, intValue, boolValue }: Value) =>
  stringValue ?? boolValue ?? Number(intValue);
