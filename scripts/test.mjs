import { spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { join, relative } from "node:path";
import { stripVTControlCharacters } from "node:util";
import { ensureInstalled, node24, root } from "./ensure-installed.mjs";

/** `node scripts/test.mjs [unit] [int] [e2e] [jest arguments]`: the suites named, or all three in order. */
const suites = ["unit", "int", "e2e"];
const args = process.argv.slice(2);
const named = suites.filter((suite) => args.includes(suite));
const jestArguments = args.filter((arg) => !suites.includes(arg));

const hasJava = spawnSync("java", ["-version"]).status === 0;
if (!hasJava && process.env.REQUIRE_KAFKA) {
  console.error(
    "REQUIRE_KAFKA is set, but there is no Java to run Kafka with (needs 17 or newer).",
  );
  process.exit(1);
}

await ensureInstalled();
const results = (named.length > 0 ? named : suites).map(runSuite);
if (!hasJava)
  console.log(
    "The tests against real Kafka were skipped: they need Java 17 or newer.",
  );

const failures = results.flatMap((result) => result.failures);
if (failures.length > 0) console.log(`\nFailed:\n${failures.join("\n")}`);
const passed = results.reduce((sum, result) => sum + result.passed, 0);
const failed = results.reduce((sum, result) => sum + result.failed, 0);
const counts = `${passed} passed, ${failed} failed`;
writeFileSync(join(root, ".cache/tests/counts"), counts);
console.log(counts);
process.exitCode = failed > 0 ? 1 : 0;

function runSuite(suite) {
  console.log(`\n== ${suite} ==`);
  const report = join(root, `.cache/tests/${suite}.json`);
  mkdirSync(join(root, ".cache/tests"), { recursive: true });
  rmSync(report, { force: true });
  const { status } = spawnSync(
    node24,
    [
      "--experimental-vm-modules",
      "--disable-warning=ExperimentalWarning",
      join(root, "node_modules/jest/bin/jest.js"),
      ...["--rootDir", root, "--selectProjects", suite, "--passWithNoTests"],
      ...["--json", "--outputFile", report],
      // The suites that start databases and processes share the machine with what they start.
      suite === "e2e" ? "--runInBand" : "--maxWorkers=2",
      ...jestArguments,
    ],
    { cwd: root, stdio: ["inherit", 2, 2] },
  );
  return outcomeOf(report, status === 0);
}

/** A test file that cannot even be loaded counts as one failure, and so does jest without a report. */
function outcomeOf(report, succeeded) {
  if (!existsSync(report))
    return { passed: 0, failed: 1, failures: [`${report} was not written`] };
  const results = JSON.parse(readFileSync(report, "utf8"));
  const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
  return {
    passed: results.numPassedTests,
    failed: succeeded ? failed : Math.max(failed, 1),
    failures: results.testResults.flatMap(failuresIn),
  };
}

/** Each with its file and the beginning of what it says, to be read at the end of thousands of lines. */
function failuresIn({ name, status, message, assertionResults }) {
  if (status !== "failed") return [];
  const said = assertionResults
    .filter((test) => test.status === "failed")
    .map((test) => `${test.fullName}: ${test.failureMessages.join("\n")}`);
  return (said.length > 0 ? said : [message]).map(
    (text) => `${relative(root, name)}: ${beginningOf(text)}`,
  );
}

function beginningOf(text) {
  const lines = stripVTControlCharacters(text).split("\n");
  const ours = lines.filter((line) => !line.includes("/node_modules/"));
  return ours.slice(0, 12).join("\n    ");
}
