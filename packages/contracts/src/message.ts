import type { Topic } from "./topics.ts";

/** What a message says, before it has an identity: made by calling a contract. */
export type Draft<Type extends string = string, Data = unknown> = {
  readonly type: Type;
  readonly topic: Topic;
  /** `kind/id` of the aggregate that speaks or is spoken to, for instance `order/0199…`. */
  readonly subject: string;
  /** Decides the partition: the order id on an order's path, else the aggregate's id. */
  readonly key: string;
  readonly data: Data;
};

/** A message as it travels: a CloudEvent 1.0 in Kafka's binary binding (design: docs/architecture.md). */
export type Message<Type extends string = string, Data = unknown> = Draft<
  Type,
  Data
> & {
  /** UUIDv7 of an event; of a command, the id derived from its saga step, the same on every re-send. */
  readonly id: string;
  /** The service that published it. */
  readonly source: string;
  /** RFC 3339. */
  readonly time: string;
  /** Counts the published events of the subject, from 1 without gaps; of a command, the saga's messages. */
  readonly sequence: number;
  /** The whole business flow, from the first request on. */
  readonly correlationId: string;
  /** The message that led to this one. */
  readonly causationId?: string;
  /** On an answer: the command it settles. */
  readonly commandId?: string;
  /** On a command: 1, or more when it is sent again. */
  readonly attempt?: number;
  /** W3C trace context. */
  readonly traceparent?: string;
  /** The data as it came, with fields that a newer publisher has added; absent where it did not travel. */
  readonly payload?: string;
};

/** What a message hands on to those it causes. */
export type Cause = {
  readonly correlationId: string;
  readonly causationId?: string;
  readonly commandId?: string;
  readonly traceparent?: string;
};

/** The thread from a message to what its handler publishes; a command's id becomes the answer's `commandId`. */
export function causedBy(message: Message): Cause {
  return {
    correlationId: message.correlationId,
    causationId: message.id,
    ...(message.attempt !== undefined && { commandId: message.id }),
    ...(message.traceparent !== undefined && {
      traceparent: message.traceparent,
    }),
  };
}
