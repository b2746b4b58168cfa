const MASK = "[redacted]";
const MAX_DEPTH = 6;

/** Parts of a key, without case and punctuation, behind which secrets and personal facts lie. */
const SENSITIVE_KEY =
  /password|passphrase|secret|token|authorization|cookie|apikey|privatekey|credential|email|phone|cardnumber|cardholder|cvv|cvc|iban|accountnumber|firstname|lastname|fullname|recipientname|street|postalcode|birth/;

const E_MAIL = /[\w.+-]{1,64}@[\w-]{1,63}\.[\w.-]{1,190}/g;
const JSON_WEB_TOKEN = /\beyJ[\w-]+\.[\w-]+(?:\.[\w-]*)?/g;
const CARD_NUMBER = /\b[3-6]\d{3}[ -]?\d{4}[ -]?\d{4}[ -]?\d{2,7}\b/g;
const URL_PASSWORD = /(:\/\/[^/\s:@]*:)[^/\s@]+@/g;

/** Masks what looks like an e-mail address, a token, a card number or a password in a URL. */
export const redactText = (text: string): string =>
  text
    .replace(URL_PASSWORD, `$1${MASK}@`)
    .replace(JSON_WEB_TOKEN, MASK)
    .replace(E_MAIL, MASK)
    .replace(CARD_NUMBER, MASK);

/** A copy fit for a log line: sensitive keys and texts masked, errors spelled out, depth bounded. */
export function redact(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return redactText(value);
  if (typeof value === "bigint") return value.toString();
  if (typeof value !== "object" || value === null) return value;
  if (value instanceof Date) return value.toJSON();
  if (depth >= MAX_DEPTH) return "[deep]";
  if (value instanceof Error) return redactError(value, depth);
  if (Array.isArray(value)) return value.map((item) => redact(item, depth + 1));
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  return redactFields(value, depth);
}

function redactFields(value: object, depth: number): Record<string, unknown> {
  const copy: Record<string, unknown> = {};
  for (const [key, field] of Object.entries(value)) {
    copy[key] = isSensitive(key) ? MASK : redact(field, depth + 1);
  }
  return copy;
}

/** `name`, `message`, `stack` and `cause` are not enumerable, yet they are what one looks for. */
function redactError(error: Error, depth: number): Record<string, unknown> {
  return {
    name: error.name,
    message: redactText(error.message),
    stack: redactText(error.stack ?? ""),
    ...redactFields(error, depth),
    ...(error.cause !== undefined && { cause: redact(error.cause, depth + 1) }),
  };
}

const isSensitive = (key: string): boolean =>
  SENSITIVE_KEY.test(key.toLowerCase().replaceAll(/[_-]/g, ""));
