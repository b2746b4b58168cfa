import { seconds } from "@cartwright/kernel/duration";

/** Far shorter than what anybody does about the answer, far longer than two of a crowd's questions are apart. */
const goodFor = seconds(1);

/** One question for all who ask at the same time or within a second: what costs much is asked by anybody. */
export function sharedAnswer<T>(ask: () => Promise<T>): () => Promise<T> {
  let answer: Promise<T> | undefined;
  return () => {
    answer ??= ask().finally(() => {
      setTimeout(() => (answer = undefined), goodFor).unref();
    });
    return answer;
  };
}
