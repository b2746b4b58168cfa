import { serviceNames, type ServiceName } from "@cartwright/contracts/services";
import { UsageError } from "./failures.ts";

export function serviceNamed(name: string): ServiceName {
  const service = serviceNames.find((known) => known === name);
  if (service) return service;
  throw new UsageError(
    `There is no service ${name}. There are ${serviceNames.join(", ")}.`,
  );
}

/** The one that was named, or all. */
export const services = (name: string | undefined): readonly ServiceName[] =>
  name === undefined ? serviceNames : [serviceNamed(name)];
