import { asInProduction } from "./as-in-production.ts";
import { ConfigError, parseConfig } from "@cartwright/service/load-config";
import { declaredEnvironments } from "../../declared-environments.ts";
import type { ComposeFile, ComposeService } from "./compose.ts";

/** A sentence for everything that is not as it must be in a resolved compose file. */
export const complaintsAbout = ({ services }: ComposeFile): string[] =>
  Object.entries(services).flatMap(([name, service]) =>
    [
      ...aboutEnvironment(name, service),
      ...aboutSafety(service),
      ...(/:(latest)?$|^[^:]+$/.test(service.image)
        ? [`the image ${service.image} has no version`]
        : []),
    ].map((complaint) => `${name}: ${complaint}`),
  );

/** Images that several services would build: engines may refuse to export one while they export it. */
export const builtTwice = ({ services }: ComposeFile): string[] =>
  Object.values(services)
    .filter(({ build }) => build)
    .map(({ image }) => image)
    .filter((image, at, images) => images.indexOf(image) !== at);

/** Whether a variable too few, one too many, a malformed one and a secret left out would each be noticed: the check is checked. */
export function biting(file: ComposeFile): boolean {
  const planted = (
    name: string,
    environment: Readonly<Record<string, string>>,
  ) => {
    const service = file.services[name];
    if (!service) return false;
    const changed = { ...service.environment, ...environment };
    const services = { [name]: { ...service, environment: changed } };
    return complaintsAbout({ services }).length === 1;
  };
  return (
    planted("order", { DATABASE_URL: "" }) &&
    planted("order", { DATABASE_ADDRESS: "postgres:5432" }) &&
    planted("order", { KAFKA_BROKERS: "kafka" }) &&
    planted("all-in-one", { PROVIDER_WEBHOOK_SECRET: "" })
  );
}

/** What a program of ours is told: all that it asks for, as it wants it, and nothing that it does not know. */
function aboutEnvironment(
  name: string,
  { environment = {}, image }: ComposeService,
): string[] {
  if (!image.includes("/cartwright/")) return [];
  const given = Object.fromEntries(
    Object.entries(environment).map(([key, value]) => [key, value ?? ""]),
  );
  const config = declaredEnvironments[name];
  if (config === undefined) return ["nothing says which variables it reads"];
  const unread = Object.keys(given).filter((key) => !(key in config.shape));
  return [
    ...unread.map((key) => `it never reads ${key}`),
    ...refusals(() => asInProduction(() => parseConfig(config, given))),
  ];
}

function refusals(read: () => unknown): readonly string[] {
  try {
    read();
    return [];
  } catch (error) {
    if (error instanceof ConfigError) return error.sentences;
    throw error;
  }
}

function aboutSafety(service: ComposeService): string[] {
  const ours = service.image.includes("/cartwright/");
  const rules: readonly [boolean, string][] = [
    [service.cap_drop?.includes("ALL") === true, "it keeps capabilities"],
    [
      service.security_opt?.includes("no-new-privileges:true") === true,
      "it may gain privileges",
    ],
    [service.read_only === true || !ours, "its root is not read-only"],
    [service.mem_limit !== undefined, "its memory has no limit"],
    [service.restart !== undefined, "nothing says when it is started again"],
  ];
  return rules.filter(([kept]) => !kept).map(([, complaint]) => complaint);
}
