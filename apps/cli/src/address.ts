import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { UsageError } from "./failures.ts";

/** The message that a word like `payment/12` names, as the command `list` shows it: ids are counted by each service. */
export function addressOf(
  text: string,
  list: string,
): { readonly service: ServiceName; readonly id: string } {
  const [, name = "", id = ""] = /^([a-z]+)\/(\d+)$/.exec(text) ?? [];
  const service = serviceNames.find((known) => known === name);
  if (service !== undefined) return { service, id };
  throw new UsageError(
    `${text} names no message; one looks like payment/12, as \`${list}\` shows it.`,
  );
}
