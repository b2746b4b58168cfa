/** A span as its trace shows it. */
export type SpanDefinition = {
  /** With `<…>` where something of bounded choice stands. */
  readonly name: string;
  /** The semantic convention that it follows. */
  readonly convention?:
    "HTTP server" | "HTTP client" | "messaging send" | "messaging process";
  readonly kind: "server" | "client" | "producer" | "consumer" | "internal";
  readonly help: string;
  readonly attributes: readonly string[];
};

/** Set on a span that has failed, whatever it is. */
export const failureAttributes = ["error.type"] as const;

const served = [
  ...["http.request.method", "http.request.method_original"],
  ...["url.path", "url.query", "url.scheme", "http.response.status_code"],
];

/** Every span there is; names and attributes by OpenTelemetry's semantic conventions where there are any. */
export const spans: readonly SpanDefinition[] = [
  {
    name: "gateway <method>",
    kind: "server",
    convention: "HTTP server",
    help: "A request as the gateway answers it, the root of its trace. Linked to the caller's trace where there is one, which the attribute names.",
    attributes: [...served, "cartwright.client.trace_id"],
  },
  {
    name: "<method> <route>",
    kind: "server",
    convention: "HTTP server",
    help: "A request as its service answers it.",
    attributes: ["http.route", ...served],
  },
  {
    name: "publish <topic>",
    kind: "producer",
    convention: "messaging send",
    help: "A message on its way through the outbox, from being written to the brokers' acknowledgement. Not where the database is the broker.",
    attributes: [
      ...["messaging.system", "messaging.operation.name"],
      ...["messaging.operation.type", "messaging.destination.name"],
      "cloudevents.event_type",
    ],
  },
  {
    name: "process <group>",
    kind: "consumer",
    convention: "messaging process",
    help: "A batch of messages, from decoding to commit. One span in the trace of each sampled message, linked to each other. The topic is named where all are from one.",
    attributes: [
      ...["messaging.system", "messaging.operation.name"],
      ...["messaging.operation.type", "messaging.consumer.group.name"],
      ...["messaging.destination.name", "messaging.batch.message_count"],
    ],
  },
  {
    name: "run <saga>",
    kind: "internal",
    help: "A saga's run, told from its log when it is over: below the request that began it where that is recorded; else only if it failed or was slow, as the trace's root.",
    attributes: ["cartwright.saga.entry", "cartwright.saga.detail"],
  },
  {
    name: "step <step>",
    kind: "internal",
    help: "A step of such a run, from its command to what became of it.",
    attributes: ["cartwright.saga.entry", "cartwright.saga.detail"],
  },
  {
    name: "undo <step>",
    kind: "internal",
    help: "A compensation of such a run.",
    attributes: ["cartwright.saga.entry", "cartwright.saga.detail"],
  },
  {
    name: "call <kind>",
    kind: "client",
    help: "A call to the outside: payment provider, carrier or mail server.",
    attributes: [
      ...["cartwright.call.worker", "cartwright.call.number"],
      "cartwright.call.settled",
    ],
  },
  {
    name: "<method>",
    kind: "client",
    convention: "HTTP client",
    help: "A request to another service or to the payment provider.",
    attributes: [
      ...["http.request.method", "url.full", "server.address", "server.port"],
      "http.response.status_code",
    ],
  },
];
