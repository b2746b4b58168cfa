import { newId } from "@cartwright/kernel/ids";

/** An event's id as it would have been made `age` milliseconds ago; `newId` never goes back in time. */
export function idOf(age: number): string {
  const time = (Date.now() - age).toString(16).padStart(12, "0");
  return `${time.slice(0, 8)}-${time.slice(8)}-${newId().slice(14)}`;
}
