import assert from "node:assert/strict";
import { seconds } from "@cartwright/kernel/duration";
import { eventually } from "@cartwright/testing/eventually";
import {
  failureAttributes,
  spans as registered,
} from "@cartwright/observability/registry/spans";

type Attribute = { readonly key: string };

type Span = {
  readonly name: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes?: readonly Attribute[];
  readonly service: string;
};

type Traces = {
  readonly result: {
    readonly resourceSpans: readonly {
      readonly resource: {
        readonly attributes: readonly {
          readonly key: string;
          readonly value: { readonly stringValue?: string };
        }[];
      };
      readonly scopeSpans: readonly {
        readonly spans: readonly Omit<Span, "service">[];
      }[];
    }[];
  };
};

/** Those that an order passes. Identity and catalog are not asked: tokens and prices are known where they are needed. */
export const onAnOrdersPath = [
  "analytics",
  "gateway",
  "inventory",
  "notification",
  "order",
  "payment",
  "shipping",
] as const;

/** The spans of a trace, once every service of an order's path is among them. */
export const wholeTrace = (jaeger: string, traceId: string): Promise<Span[]> =>
  eventually(
    async () => {
      const spans = await spansOf(jaeger, traceId);
      const services = new Set(spans.map(({ service }) => service));
      assert.deepEqual([...services].sort(), onAnOrdersPath);
      return spans;
    },
    { within: seconds(60), every: 500 },
  );

async function spansOf(jaeger: string, traceId: string): Promise<Span[]> {
  const answer = await fetch(`${jaeger}/api/v3/traces/${traceId}`);
  assert.equal(answer.status, 200, "Jaeger knows the trace.");
  const { result } = (await answer.json()) as Traces;
  return result.resourceSpans.flatMap(({ resource, scopeSpans }) => {
    const name = resource.attributes.find(({ key }) => key === "service.name");
    const service = name?.value.stringValue ?? "";
    return scopeSpans.flatMap(({ spans }) =>
      spans.map((span) => ({ ...span, service })),
    );
  });
}

/** The trace that is told of an order that failed though nobody recorded it, once it is told. */
export const toldTrace = (jaeger: string, traceId: string): Promise<Span[]> =>
  eventually(() => spansOf(jaeger, traceId), {
    within: seconds(60),
    every: 500,
  });

/** One root, and every other span below one that is there. */
export function assertNoOrphan(
  spans: readonly Span[],
  root: string = "gateway",
): void {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  const roots = spans.filter(({ parentSpanId }) => !parentSpanId);
  assert.deepEqual(
    roots.map(({ service }) => service),
    [root],
  );
  const orphans = spans.filter(
    ({ parentSpanId }) => parentSpanId && !ids.has(parentSpanId),
  );
  assert.deepEqual(orphans, []);
}

/** What may stand in place of a name's variable part. */
const formOf = (_match: string, part: string): string =>
  ({ method: "[A-Z]+", route: "/\\S*" })[part] ?? "[a-z-]+";

/** Names and attributes are those of the registry, and no others. */
export function assertRegistered(spans: readonly Span[]): void {
  const patterns = registered.map(({ name, attributes }) => ({
    pattern: new RegExp(`^${name.replaceAll(/<(\w+)>/g, formOf)}$`),
    attributes: new Set<string>([...attributes, ...failureAttributes]),
  }));
  for (const { name, attributes = [] } of spans) {
    const known = patterns.find(({ pattern }) => pattern.test(name));
    assert.ok(known, `The registry has no span ${name}.`);
    for (const { key } of attributes)
      assert.ok(
        known.attributes.has(key) || key.startsWith("@jaeger@"),
        `The registry has no ${key} on ${name}.`,
      );
  }
}
