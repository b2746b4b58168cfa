import type { Contract } from "./define.ts";
import { eventTopics, type EventTopic } from "./topics.ts";
import { z } from "zod";

/** As much of a contract as it takes to read a message. */
export type Readable = Pick<Contract, "kind" | "type" | "topic" | "schema">;

const named = /^([a-z]+)\.[A-Z]\w*\.v[1-9]\d*$/;

/**
 * An event that only a newer release knows, going by its name and its topic. Nobody here has asked for it, so that
 * it is one more that is passed over in its turn; a command of that kind would go unanswered, and is no such event.
 */
export function newerEvent(type: string, topic: string): Readable | undefined {
  const [, domain] = named.exec(type) ?? [];
  return domain !== undefined && isTopicOf(domain, topic)
    ? { kind: "event", type, topic, schema: anything }
    : undefined;
}

const isTopicOf = (domain: string, topic: string): topic is EventTopic =>
  topic === `${domain}-events` &&
  (eventTopics as readonly string[]).includes(topic);

const anything = z.unknown();
