import { Refusal } from "@cartwright/kernel/refusal";
import { raw, type Request, type Response } from "express";
import { validationFailed } from "./faults.ts";
import { malice } from "./malice.ts";

/** 256 KiB: a thousand order lines take 80. */
const LONGEST_BODY = 262_144;
const NOTHING = Buffer.alloc(0);

const readRaw = raw({ type: () => true, limit: LONGEST_BODY, inflate: false });

/** The body's bytes, at most 256 KiB of them. */
export function readBody(
  request: Request,
  response: Response,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    readRaw(request, response, (error?: unknown) => {
      const body: unknown = request.body;
      if (error !== undefined) reject(refusalOf(error as { type?: string }));
      else resolve(Buffer.isBuffer(body) ? body : NOTHING);
    });
  });
}

function refusalOf({ type = "" }: { type?: string }): Refusal {
  switch (type) {
    case "entity.too.large":
      return new Refusal("body-too-large", "A body holds 256 KiB at most.", {
        limit: LONGEST_BODY,
      });
    case "encoding.unsupported":
      return new Refusal(
        "unsupported-media-type",
        "A body must not be compressed.",
      );
    default:
      return new Refusal("request-aborted", "The body did not arrive whole.");
  }
}

type Accepts = { readonly form?: boolean | undefined };

/** What the bytes say by their content type; undefined when there are none. */
export function parseBody(
  bytes: Buffer,
  contentType: string | undefined,
  { form = false }: Accepts,
): unknown {
  if (bytes.length === 0) return undefined;
  const type = (contentType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
  if (form && type === "application/x-www-form-urlencoded") {
    return Object.fromEntries(new URLSearchParams(bytes.toString()));
  }
  if (
    type !== "application/json" &&
    !/^application\/[\w.-]+\+json$/.test(type)
  ) {
    throw new Refusal(
      "unsupported-media-type",
      "The content type must be application/json.",
    );
  }
  return parseJson(bytes);
}

function parseJson(bytes: Buffer): unknown {
  const value = jsonOf(bytes);
  const found = malice(value);
  if (!found) return value;
  throw validationFailed([{ ...found, path: found.path || "body" }]);
}

function jsonOf(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    throw new Refusal("malformed-json", "The body is not well-formed JSON.");
  }
}
