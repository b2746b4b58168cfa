import type { Message } from "@cartwright/contracts/message";
import { days } from "@cartwright/kernel/duration";
import { madeAt } from "@cartwright/kernel/ids";
import type { BatchHandler, Remember } from "./handler.ts";
import { unseen } from "./inbox.ts";

/** Where a consumer keeps what it has handled. */
export type Memory = {
  readonly unseen: Remember;
  /** Whether the message can be recorded. One that cannot is none that will be delivered again. */
  hasRoomFor(message: Message): boolean;
};

/** The memory of a group: the inbox, or its one handler's own. */
export function memoryOf(
  group: string,
  handlers: readonly BatchHandler[],
): Memory {
  const [own] = handlers.flatMap(({ remember }) => remember ?? []);
  if (own === undefined) return inboxOf(group);
  if (handlers.length > 1)
    throw new Error(
      `A handler of ${group} remembers its messages itself, so no other can share its consumer.`,
    );
  return { unseen: own, hasRoomFor: () => true };
}

const inboxOf = (group: string): Memory => ({
  unseen: (tx, messages) => unseen(tx, group, messages),
  hasRoomFor: hasPartition,
});

/** The inbox has partitions for some days only; what is older cannot be delivered again either. */
const hasPartition = ({ id, attempt }: Message): boolean =>
  attempt !== undefined || Date.now() - madeAt(id) < days(13);
