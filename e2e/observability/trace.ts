import assert from "node:assert/strict";
import { newId } from "@cartwright/kernel/ids";
import {
  failureAttributes,
  spans as registered,
} from "@cartwright/observability/registry/spans";

type Attribute = {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
};

export type Span = {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
  readonly links?: readonly {
    readonly traceId: string;
    readonly spanId: string;
  }[];
  readonly service: string;
};

type Traces = {
  readonly result: {
    readonly resourceSpans: readonly {
      readonly resource: { readonly attributes: readonly Attribute[] };
      readonly scopeSpans: readonly {
        readonly spans: readonly Omit<Span, "service">[];
      }[];
    }[];
  };
};

/** A trace that whoever sends the first request has begun, and its header. */
export function aTrace(flags: "00" | "01") {
  const traceId = newId().replaceAll("-", "");
  const parent = traceId.slice(16);
  return { traceId, parent, traceparent: `00-${traceId}-${parent}-${flags}` };
}

/** What Jaeger has of a trace. */
export async function spansOf(
  jaeger: string,
  traceId: string,
): Promise<Span[]> {
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

/** A tree: one root, below `parent` if anything, and every other span below one that is there. */
export function assertNoOrphan(
  spans: readonly Span[],
  root: string,
  parent?: string,
): void {
  const ids = new Set<string | undefined>(spans.map(({ spanId }) => spanId));
  const above = ({ parentSpanId }: Span) => parentSpanId || undefined;
  const roots = spans.filter((span) => above(span) === parent);
  assert.deepEqual(
    roots.map(({ service }) => service),
    [root],
  );
  const orphans = spans.filter(
    (span) => !roots.includes(span) && !ids.has(above(span)),
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
