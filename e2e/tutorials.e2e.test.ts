import { minutes } from "@cartwright/kernel/duration";
import { followTutorial } from "./support/follow-tutorial.ts";
import { copyOfTree } from "./support/tree-copy.ts";
import { readTutorial } from "./support/tutorial.ts";

/** What the tutorials tell a developer to write and to type, written and typed in a copy of the tree: both at once, for each waits a lot. */
it.concurrent.each(["add-a-service.md", "add-a-saga-step.md"])(
  "comes to its end by following %s",
  async (name) => {
    const copy = copyOfTree();
    try {
      await followTutorial(readTutorial(name), copy.root);
    } finally {
      await copy.remove();
    }
  },
  minutes(15), // for a machine that has other things to do
);
