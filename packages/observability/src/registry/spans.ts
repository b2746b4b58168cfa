/** A span as its trace shows it. */
export type SpanDefinition = {
  /** With `<…>` where something of bounded choice stands. */
  readonly name: string;
  readonly kind: "server" | "client" | "consumer" | "internal";
  readonly help: string;
  readonly attributes: readonly string[];
};

/** Set on a span that has failed, whatever it is. */
export const failureAttributes = ["error.type"] as const;

/** Every span there is; names and attributes by OpenTelemetry's semantic conventions where there are any. */
export const spans: readonly SpanDefinition[] = [
  {
    name: "gateway <method>",
    kind: "server",
    help: "A request as the gateway answers it.",
    attributes: ["http.response.status_code"],
  },
  {
    name: "<method> <route>",
    kind: "server",
    help: "A request as its service answers it.",
    attributes: ["http.route", "http.response.status_code"],
  },
  {
    name: "process <group>",
    kind: "consumer",
    help: "A batch of messages, from decoding to commit. One span in the trace of each sampled message, linked to each other.",
    attributes: ["messaging.batch.message_count"],
  },
  {
    name: "call <kind>",
    kind: "client",
    help: "A call to the outside: payment provider, carrier or mail server.",
    attributes: [],
  },
];
