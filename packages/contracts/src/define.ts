import type { z } from "zod";
import type { Draft, Message } from "./message.ts";
import {
  commandTopic,
  eventTopic,
  type CommandedDomain,
  type Domain,
  type Topic,
} from "./topics.ts";

type Data<Schema extends z.ZodType> = z.output<Schema>;

type Address<D> = {
  /** The aggregate's kind and id, joined into `ce_subject`. */
  readonly subject: readonly [kind: string, id: (data: D) => string];
  /** The partition key; the subject's id unless given. */
  readonly key?: (data: D) => string;
};

/** A message type and its schema. Calling it drafts a message. */
export type Contract<
  Type extends string = string,
  Schema extends z.ZodType = z.ZodType,
  Drafted extends Draft = Draft<Type, Data<Schema>>,
> = {
  (data: Data<Schema>): Drafted;
  readonly kind: "event" | "command";
  readonly type: Type;
  readonly topic: Topic;
  /** The kind of aggregate in `ce_subject`. */
  readonly subjectKind: string;
  readonly schema: Schema;
};

export type EventContract<
  Type extends string = string,
  Schema extends z.ZodType = z.ZodType,
> = Contract<Type, Schema> & { readonly kind: "event" };

/** A drafted command; `answeredBy` exists for the compiler only, so that a saga knows its answer's data. */
export type CommandDraft<
  Type extends string = string,
  CommandData = unknown,
  Done extends EventContract = EventContract,
> = Draft<Type, CommandData> & { readonly answeredBy?: Done };

export type CommandContract<
  Type extends string = string,
  Schema extends z.ZodType = z.ZodType,
  Done extends EventContract = EventContract,
  Refused extends EventContract = EventContract,
> = Contract<Type, Schema, CommandDraft<Type, Data<Schema>, Done>> & {
  readonly kind: "command";
  /** The event that says it is done. */
  readonly done: Done;
  /** The event that says it was refused; absent when the receiver never refuses. */
  readonly refused: Refused | undefined;
  /** Commands that it takes back: it may be handled before them, and then they are refused. */
  readonly undoes: readonly Contract[];
};

/** The message a contract describes, as a handler receives it. */
export type MessageOf<C> =
  C extends Contract<infer Type, infer Schema>
    ? Message<Type, z.output<Schema>>
    : never;

/** The data a contract describes. */
export type DataOf<C> =
  C extends Contract<string, infer Schema> ? z.output<Schema> : never;

/** Declares an event `<domain>.<Name>.v<n>`, published on `<domain>-events`. */
export function defineEvent<
  Type extends `${Domain}.${string}.v${number}`,
  Schema extends z.ZodType,
>(
  type: Type,
  options: { readonly data: Schema } & Address<Data<Schema>>,
): EventContract<Type, Schema> {
  const topic = eventTopic(domainOf<Domain>(type));
  return Object.assign(drafting(type, topic, options), {
    kind: "event" as const,
    type,
    topic,
    subjectKind: options.subject[0],
    schema: options.data,
  });
}

/** Declares a command `<domain>.<Name>.v<n>` for the one service that answers it with `done` or `refused`. */
export function defineCommand<
  Type extends `${CommandedDomain}.${string}.v${number}`,
  Schema extends z.ZodType,
  Done extends EventContract,
  Refused extends EventContract = never,
>(
  type: Type,
  options: {
    readonly data: Schema;
    readonly done: Done;
    readonly refused?: Refused;
    readonly undoes?: readonly Contract[];
  } & Address<Data<Schema>>,
): CommandContract<Type, Schema, Done, Refused> {
  const topic = commandTopic(domainOf<CommandedDomain>(type));
  return Object.assign(drafting(type, topic, options), {
    kind: "command" as const,
    type,
    topic,
    subjectKind: options.subject[0],
    schema: options.data,
    done: options.done,
    refused: options.refused,
    undoes: options.undoes ?? [],
  });
}

const domainOf = <D extends Domain>(type: string): D =>
  type.slice(0, type.indexOf(".")) as D;

function drafting<Type extends string, Schema extends z.ZodType>(
  type: Type,
  topic: Topic,
  { subject: [kind, id], key }: Address<Data<Schema>>,
) {
  return (data: Data<Schema>): Draft<Type, Data<Schema>> => ({
    type,
    topic,
    subject: `${kind}/${id(data)}`,
    key: key ? key(data) : id(data),
    data,
  });
}
