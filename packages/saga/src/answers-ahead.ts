import type { Message } from "@cartwright/contracts/message";
import type { Tx } from "@cartwright/database/tx";
import { days } from "@cartwright/kernel/duration";
import { firstIdOf, isUuid7 } from "@cartwright/kernel/ids";
import type { Part } from "@cartwright/kernel/part";
import { counter } from "@cartwright/observability/metrics";
import type { Logger } from "@cartwright/observability/logger";

const answersAhead = counter("cartwright_answers_ahead_total");

/**
 * Runs that have ended are kept for 14 days at least, topics keep an answer for seven: an answer to a command
 * about something that was not six days old when it was given always meets the run, unless that was lost.
 */
const certainFor = days(6);

/** Whether a run about the message's key cannot have been retired yet. */
export const mustHaveRun = ({ key, time }: Message): boolean =>
  isUuid7(key) && key >= firstIdOf(new Date(Date.parse(time) - certainFor));

/** Which of these keys were brought to their ends after commits were lost: late answers about them are awaited. */
export type FindMended = (
  tx: Tx,
  keys: readonly string[],
) => Promise<readonly string[]>;

/**
 * Remembers answers to commands that the database knows nothing of. Commands are published after their commit, so
 * commits were lost: by a failover to a replica that was behind, or a restored backup.
 */
export class AnswersAhead {
  readonly findMended: FindMended;
  readonly #logger: Logger;
  readonly #keys = new Set<string>();
  #count = 0;
  #first: Message | undefined;

  constructor(logger: Logger, findMended: FindMended) {
    this.#logger = logger;
    this.findMended = findMended;
  }

  /** Said aloud once per process; counted and kept in the health from then on. */
  note(messages: readonly Message[]): void {
    const [message] = messages;
    if (message === undefined) return;
    this.#count += messages.length;
    answersAhead.add(messages.length);
    for (const { key } of messages)
      if (this.#keys.size < mostKeys) this.#keys.add(key);
    if (this.#first !== undefined) return;
    this.#first = message;
    const { type, key, commandId, time } = message;
    this.#logger.error("the topics are ahead of the database", {
      ...{ type, key, commandId, time },
    });
  }

  /** A sentence for people; nothing while all is well. */
  summary(): string | undefined {
    if (this.#first === undefined) return undefined;
    const about =
      this.#keys.size < mostKeys ? this.#keys.size : `${mostKeys} or more`;
    return (
      `The topics are ahead of the database: ${this.#count} answers about ${about} orders, the first at ${this.#first.time}, ` +
      "are to commands that it does not know. Commits were lost: see the runbook restore-from-backup."
    );
  }

  part(): Part {
    return {
      name: "saga answers",
      health: () => {
        const detail = this.summary();
        return detail === undefined
          ? { status: "up" }
          : { status: "degraded", detail };
      },
    };
  }
}

const mostKeys = 1_000;

/** Notes, once the transaction has committed, those of the answers that only lost commits can have asked for. */
export async function noteAhead(
  tx: Tx,
  unasked: readonly Message[],
  ahead: AnswersAhead | undefined,
): Promise<void> {
  const certain = unasked.filter(mustHaveRun);
  if (ahead === undefined || certain.length === 0) return;
  const keys = certain.map(({ key }) => key);
  const mended = new Set(await ahead.findMended(tx, keys));
  const lost = certain.filter(({ key }) => !mended.has(key));
  tx.afterCommit(() => ahead.note(lost));
}
