import type { Draft, Message } from "@cartwright/contracts/message";
import { newId } from "@cartwright/kernel/ids";
import { eventually } from "./eventually.ts";
import type { TestService } from "./test-service.ts";

type Undone = {
  readonly doing: Draft;
  readonly undoing: Draft;
  /** Types of the events that answer them. */
  readonly undone: string;
  readonly refused: string;
};

/**
 * Every participant of a saga keeps this rule: an undo of what was never done is answered and leaves a
 * tombstone; the late do is refused; whichever is sent again gets the very event it got before.
 */
export async function expectTombstone(
  service: TestService,
  { doing, undoing, undone, refused }: Undone,
): Promise<void> {
  const [undo, late] = [sent(undoing), sent(doing)];
  const said = (count: number) =>
    eventually(async () => {
      const events = (await service.published()).filter(
        ({ key, commandId }) => key === doing.key && commandId !== undefined,
      );
      expect(events).toHaveLength(count);
      return events;
    });

  await service.deliver(undo);
  await said(1);
  await service.deliver(late);
  const [tombstone, refusal] = (await said(2)) as [Message, Message];
  expect([tombstone.type, refusal.type]).toEqual([undone, refused]);
  expect([tombstone.commandId, refusal.commandId]).toEqual([undo.id, late.id]);

  await service.deliver(late, undo, late);
  await service.deliver({ ...late, attempt: 2 }, { ...undo, attempt: 2 });
  await service.deliver({ ...late, attempt: 2 });
  await service.deliver({ ...undo, attempt: 3 });
  const all = await said(5);
  const distinct = new Set(all.map(({ id, sequence }) => `${id}#${sequence}`));
  expect(distinct).toEqual(
    new Set(
      [tombstone, refusal].map(({ id, sequence }) => `${id}#${sequence}`),
    ),
  );
}

const sent = (draft: Draft) => ({ ...draft, id: newId(), attempt: 1 });
