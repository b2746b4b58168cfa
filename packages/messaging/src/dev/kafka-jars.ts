import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export const kafkaVersion = "4.1.0";
const oldestJava = 17;

const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>cartwright</groupId><artifactId>kafka</artifactId><version>1</version><packaging>pom</packaging>
  <dependencies>
    <dependency><groupId>org.apache.kafka</groupId><artifactId>kafka_2.13</artifactId><version>${kafkaVersion}</version></dependency>
    <dependency><groupId>org.apache.logging.log4j</groupId><artifactId>log4j-slf4j-impl</artifactId><version>2.24.3</version></dependency>
  </dependencies>
</project>
`;

const cacheFolder = () =>
  join(
    process.env["XDG_CACHE_HOME"] ?? join(homedir(), ".cache"),
    "cartwright",
    `kafka-${kafkaVersion}`,
  );

/** The sentence that says what is missing for a broker on this machine, or nothing. */
export async function whyKafkaCannotRun(): Promise<string | undefined> {
  const java = await javaVersion();
  if (java === undefined)
    return `Kafka needs Java ${oldestJava} or newer, and there is no java on the PATH.`;
  if (java < oldestJava)
    return `Kafka needs Java ${oldestJava} or newer; the java on the PATH is ${java}.`;
  if (existsSync(cacheFolder())) return undefined;
  const hasMaven = await run("mvn", ["-v"]).then(
    () => true,
    () => false,
  );
  return hasMaven
    ? undefined
    : "Apache Kafka is fetched with Maven the first time, and there is no mvn on the PATH.";
}

async function javaVersion(): Promise<number | undefined> {
  const version = await run("java", ["-version"]).catch(() => undefined);
  const major = /version "(\d+)/.exec(version?.stderr ?? "")?.[1];
  return major === undefined ? undefined : Number(major);
}

/** The folder with the broker's jars, fetched from Maven Central when it is not there yet. */
export async function kafkaJars(
  say: (message: string) => void,
): Promise<string> {
  const folder = cacheFolder();
  if (existsSync(folder)) return folder;
  say(
    `fetching Apache Kafka ${kafkaVersion} (about 110 MB) into ${folder}, this once`,
  );
  // Fetched aside and renamed, so that the folder is complete or absent.
  const aside = `${folder}.${process.pid}`;
  await mkdir(aside, { recursive: true });
  try {
    await writeFile(join(aside, "pom.xml"), pom);
    await run(
      "mvn",
      [
        "-q",
        "-B",
        "-C",
        "dependency:copy-dependencies",
        "-DoutputDirectory=lib",
      ],
      { cwd: aside },
    );
    await rename(aside, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(aside, { recursive: true, force: true });
  }
  return folder;
}
