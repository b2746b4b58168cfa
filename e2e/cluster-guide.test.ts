import {
  guideOf,
  operatedGuide,
  trialGuide,
} from "../scripts/helm/cluster/guide.ts";
import { accountsIn } from "../scripts/helm/cluster/installed.ts";
import {
  checkoutAt,
  pushed,
  recordingDocker,
} from "../scripts/helm/cluster/load-images.ts";
import { readerOf } from "../scripts/helm/cluster/reader.ts";

/** What the pages say of clusters is what `npm run test:cluster` does; a block that it does not know is found without a cluster. */
const fenced = (...blocks: string[]) => ({
  name: "page.md",
  text: blocks
    .map((text) => `Words.\n\n\`\`\`bash\n${text}\n\`\`\`\n`)
    .join("\n"),
  line: 10,
});
const words = { install: "helm install", upgrade: "helm upgrade" };

it("knows every block that the pages have of clusters", () => {
  expect(trialGuide().install).toContain("values-trial.yaml");
  expect(operatedGuide().upgrade).toContain("values-production.yaml");
  expect(operatedGuide().firstOperator).toContain("me@shop.example");
});

it("reads from the page whom the stores know", () => {
  const { postgres, kafka, principals } = accountsIn(trialGuide());
  expect([postgres, kafka]).toEqual([
    "password-of-postgres",
    "password-of-admin",
  ]);
  expect(Object.keys(principals)).toHaveLength(8);
  expect(principals["shop-order"]).toBe("password-of-shop-order");
});

it.each([
  [
    "no proof follows",
    ["helm install a", "helm upgrade a", "helm test a"],
    "page.md, line 24: no proof follows this block",
  ],
  [
    "comes too early",
    ["helm upgrade a", "helm install a"],
    "page.md, line 12: here the proof follows a block with helm install",
  ],
  [
    "is missing",
    ["helm install a"],
    "page.md: here the proof follows a block with helm upgrade",
  ],
])("names the block that %s", (_, blocks, sentence) => {
  expect(() => guideOf(fenced(...blocks), words)).toThrow(sentence);
});

const terminal = { folder: ".", environment: {} };
const guide = { install: "echo to 192.0.2.10" };

it("types what the page says, with what there is here", async () => {
  const reader = readerOf(guide, terminal, [["192.0.2.10", "127.0.0.1"]]);
  expect(() => reader.end()).toThrow("Nobody has followed: install");
  expect(await reader.follow("install")).toBe("to 127.0.0.1");
  reader.end();
});

it("installs and upgrades to what is built of the same checkout", async () => {
  const recordingHelm = 'helm() { echo "helm $*"; }';
  const page = readerOf(trialGuide(), terminal, []);
  const typed = (step: "images" | "install" | "upgrade", commit: string) =>
    page.follow(
      step,
      [recordingDocker, recordingHelm, checkoutAt(commit)].join("\n"),
    );
  const tags = pushed(await typed("images", "0012345")).map(({ tag }) => tag);
  expect(tags.filter((tag) => !tag.endsWith(":0012345"))).toEqual([]);
  const installed = await typed("install", "0012345");
  const upgraded = await typed("upgrade", "0067890");
  // As text: `--set` would take such a commit for a number.
  expect(installed).toContain("--set-string image.tag=0012345 ");
  expect(upgraded).toContain("--set-string image.tag=0067890 ");
});

it("has no substitute for what the page does not say", () => {
  expect(() => readerOf(guide, terminal, [["192.0.2.11", "x"]])).toThrow(
    "The page no longer says 192.0.2.11",
  );
});

it("names the block that fails, and what it said", async () => {
  const reader = readerOf({ install: "echo no; false" }, terminal, []);
  await expect(reader.follow("install")).rejects.toThrow(
    /echo no; false.*no$/s,
  );
});
