/** The bounded contexts that publish events. */
export const domains = [
  "identity",
  "catalog",
  "order",
  "payment",
  "inventory",
  "shipping",
  "notification",
] as const;
export type Domain = (typeof domains)[number];

/** The services that sagas command. */
export const commandedDomains = [
  "payment",
  "inventory",
  "shipping",
  "notification",
] as const;
export type CommandedDomain = (typeof commandedDomains)[number];

export type EventTopic = `${Domain}-events`;
export type CommandTopic = `${CommandedDomain}-commands`;
export type Topic = EventTopic | CommandTopic;

export const eventTopic = <D extends Domain>(domain: D): `${D}-events` =>
  `${domain}-events`;
export const commandTopic = <D extends CommandedDomain>(
  domain: D,
): `${D}-commands` => `${domain}-commands`;

export const eventTopics: readonly EventTopic[] = domains.map(eventTopic);
export const commandTopics: readonly CommandTopic[] =
  commandedDomains.map(commandTopic);
export const topics: readonly Topic[] = [...eventTopics, ...commandTopics];

/** Partitions of every topic. Consumers merge them, so the number bounds replicas and costs nothing else. */
export const partitionsPerTopic = 6;
