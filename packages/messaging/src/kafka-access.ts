import kafkajs, {
  type AclEntry,
  type AclOperationTypes,
  type AclResourceTypes,
} from "kafkajs";
import { kafkaClient, type KafkaOptions } from "./kafka/client.ts";
import { withAdmin } from "./kafka/with-admin.ts";

// Node finds no names in this module of CommonJS but the first few.
const {
  AclOperationTypes: operations,
  AclPermissionTypes: permissions,
  AclResourceTypes: resources,
  ResourcePatternTypes: patterns,
} = kafkajs;

/** The topics that a service writes to and reads from. */
export type KafkaAccess = {
  readonly publishes: readonly string[];
  readonly consumes: readonly string[];
};

/**
 * Grants each service what it publishes and consumes, and the consumer group of its own name. Brokers with an
 * authorizer refuse whatever nobody has granted; what was granted before and is not named any more stays granted,
 * since the release before may still be running.
 *
 * @param access by service; its principal is `User:<principalPrefix><service>`
 */
export async function grantAccess(
  options: KafkaOptions,
  access: Readonly<Record<string, KafkaAccess>>,
  { principalPrefix = "" }: { readonly principalPrefix?: string } = {},
): Promise<void> {
  const acl = Object.entries(access).flatMap(([service, granted]) =>
    entriesOf(service, granted).map((entry) => ({
      ...entry,
      ...{ principal: `User:${principalPrefix}${service}`, host: "*" },
    })),
  );
  await withAdmin(kafkaClient(options), (admin) => admin.createAcls({ acl }));
}

type Entry = Omit<AclEntry, "principal" | "host">;

/** Who may read or write may describe as well. */
function entriesOf(service: string, access: KafkaAccess): Entry[] {
  const { publishes, consumes } = access;
  const { TOPIC, GROUP } = resources;
  return [
    ...publishes.map((topic) => allowed(TOPIC, topic, operations.WRITE)),
    ...consumes.map((topic) => allowed(TOPIC, topic, operations.READ)),
    ...(consumes.length > 0 ? [allowed(GROUP, service, operations.READ)] : []),
  ];
}

const allowed = (
  resourceType: AclResourceTypes,
  resourceName: string,
  operation: AclOperationTypes,
): Entry => ({
  resourceType,
  resourceName,
  resourcePatternType: patterns.LITERAL,
  operation,
  permissionType: permissions.ALLOW,
});
