import { createRequire } from "node:module";
import type { Batch } from "kafkajs";
import { encodeFetchRequest, type FetchArguments } from "./fetch-request.ts";
import { decodeFetchResponse, type FetchResponse } from "./fetch-response.ts";
import {
  encodeProduceRequest,
  type ProduceArguments,
} from "./produce-request.ts";
import type { FetchedRecord } from "./record-batch-decoder.ts";

/** Where kafkajs copies a request's body from. */
type Body = { readonly buf: Buffer; readonly buffer: Buffer };

/** How kafkajs 2.2.4 turns a request into bytes, and bytes into its answer. */
type Exchange<Answer> = {
  readonly request: { readonly encode: () => Promise<Body> };
  readonly response: { readonly decode: (payload: Buffer) => Promise<Answer> };
};

/** Gives, for a version of a request, what makes an exchange of what is to be asked. */
type Protocol<Asked, Answer> = (of: {
  readonly version: number;
}) => (asked: Asked) => Exchange<Answer>;

type Api<Asked, Answer> = { protocol: Protocol<Asked, Answer> };

/** A record as kafkajs reads it. */
type NativeRecord = Omit<FetchedRecord, "key" | "value" | "headers"> & {
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  readonly headers?: Readonly<
    Record<string, Buffer | null | readonly (Buffer | null)[]>
  >;
};

/** Not part of kafkajs's interface, which the pinned version and tests make safe. */
const load = createRequire(import.meta.url);
const requests = "kafkajs/src/protocol/requests";
const produceApi = load(`${requests}/produce/index.js`) as Api<
  ProduceArguments,
  unknown
>;
const fetchApi = load(`${requests}/fetch/index.js`) as Api<
  FetchArguments,
  FetchResponse | FetchResponse<NativeRecord>
>;

/** As kafkajs does it: an object for each field of each header of each record. */
export const nativeCodec = {
  produce: produceApi.protocol,
  fetch: fetchApi.protocol as Protocol<
    FetchArguments,
    FetchResponse<NativeRecord>
  >,
};

/** The same bytes in one pass; what no bus of ours sends or fetches is left to kafkajs. */
export const ownCodec = { produce, fetch };

/**
 * Has kafkajs encode and decode records with `ownCodec`, in all clients of the process. They then come as texts where
 * kafkajs has bytes, which concerns nobody else: an import rule keeps kafkajs to this package.
 */
export function useOwnCodec(): void {
  produceApi.protocol = ownCodec.produce;
  fetchApi.protocol = ownCodec.fetch;
}

/** What a batch brings to a consumer whose kafkajs uses `ownCodec`. */
export const fetchedIn = (batch: Batch): readonly FetchedRecord[] =>
  batch.messages as unknown as FetchedRecord[];

function produce({
  version,
}: {
  readonly version: number;
}): (asked: ProduceArguments) => Exchange<unknown> {
  const native = nativeCodec.produce({ version });
  if (version < 3) return native;
  return (asked) => {
    const exchange = native(asked);
    const encode = async () => {
      const body = encodeProduceRequest(asked, Date.now());
      return body ? bodyOf(body) : exchange.request.encode();
    };
    return { ...exchange, request: { ...exchange.request, encode } };
  };
}

function fetch({
  version,
}: {
  readonly version: number;
}): (asked: FetchArguments) => Exchange<FetchResponse> {
  const native = nativeCodec.fetch({ version });
  const isOurs = version === 11;
  return (asked) => {
    const { request, response, ...more } = native(asked);
    const encode = async () => bodyOf(encodeFetchRequest(asked));
    const decode = async (payload: Buffer) =>
      (isOurs ? decodeFetchResponse(payload) : undefined) ??
      inTexts(await response.decode(payload));
    return {
      ...more,
      request: isOurs ? { ...request, encode } : request,
      response: { ...response, decode },
    };
  };
}

const bodyOf = (buffer: Buffer): Body => ({ buf: buffer, buffer });

const inTexts = ({
  responses,
  ...answer
}: FetchResponse<NativeRecord>): FetchResponse => ({
  ...answer,
  responses: responses.map(({ partitions, ...topic }) => ({
    ...topic,
    partitions: partitions.map(({ messages, ...partition }) => ({
      ...partition,
      messages: messages.map((record) => ({
        ...record,
        key: record.key?.toString() ?? "",
        value: record.value?.toString() ?? "",
        headers: textsOf(record.headers ?? {}),
      })),
    })),
  })),
});

function textsOf(
  headers: NonNullable<NativeRecord["headers"]>,
): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const given = [value].flat().filter((one) => one !== null);
    if (given.length > 0) texts[name] = given.join(",");
  }
  return texts;
}
