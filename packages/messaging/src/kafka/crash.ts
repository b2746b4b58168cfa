/** What the brokers' own words mean to whoever reads the health. */
const sentences: Readonly<Record<string, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION:
    "A topic is missing; it is created by the job that prepares the brokers, never by a consumer.",
  TOPIC_AUTHORIZATION_FAILED: "The brokers do not let this service read.",
  GROUP_AUTHORIZATION_FAILED: "The brokers do not let this service join.",
};

/**
 * What keeps a consumer from living and is mended elsewhere: a sentence for people, or nothing when the
 * consumer may be to blame itself. No restart of the process would help.
 */
export function mendedElsewhere(error: Error): string | undefined {
  for (const { name, message, type } of chainOf(error)) {
    if (name === "KafkaJSNotImplemented")
      return `A producer compresses with a codec that cannot be read here (${message}); gzip and zstd can.`;
    if (name === "KafkaJSSASLAuthenticationError")
      return `The brokers refuse our credentials: ${message}`;
    if (type !== undefined && type in sentences) return sentences[type];
  }
  return undefined;
}

type KafkaError = Error & { readonly type?: string };

function chainOf(error: Error): readonly KafkaError[] {
  const chain: KafkaError[] = [];
  for (let link: unknown = error; link instanceof Error; link = link.cause)
    chain.push(link);
  return chain;
}
