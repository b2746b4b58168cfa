import { promisify } from "node:util";
import { zstdCompress, zstdDecompress } from "node:zlib";
import kafkajs from "kafkajs";

// Of a CommonJS module Node finds not every name by itself.
const { CompressionCodecs, CompressionTypes } = kafkajs;

/** As kafkajs hands over a batch that is to be compressed. */
type Encoder = { readonly buffer: Buffer };

/** Kafkajs brings gzip alone. What other producers and topics use most besides is in Node itself. */
export function acceptZstd(): void {
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: Encoder) => promisify(zstdCompress)(buffer),
    decompress: (buffer: Buffer) => promisify(zstdDecompress)(buffer),
  });
}
