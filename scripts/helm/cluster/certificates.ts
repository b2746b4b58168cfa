import { chmod, cp, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { run } from "../../images/proof/shell.ts";

/** What the stores show, and what their certificates are checked against. */
export type Certificates = {
  readonly ca: string;
  /** In the layout that kafka.sh takes up instead of making its own. */
  readonly kafka: string;
  readonly postgres: { readonly certificate: string; readonly key: string };
};

/** One authority, and a certificate of the stores that holds for `address` as well as for this machine. */
export async function certificates(
  folder: string,
  address: string,
): Promise<Certificates> {
  const kafka = join(folder, "kafka");
  const tls = join(kafka, "tls");
  const postgres = join(folder, "postgres-tls");
  for (const path of [tls, postgres]) await mkdir(path, { recursive: true });
  const at = (name: string) => join(tls, name);
  await issue(at, `subjectAltName=DNS:localhost,IP:127.0.0.1,IP:${address}`);
  const parts = [at("broker.p8"), at("broker.crt")].map((file) =>
    readFile(file, "utf8"),
  );
  await writeFile(at("broker.pem"), (await Promise.all(parts)).join(""));
  const certificate = join(postgres, "server.crt");
  const key = join(postgres, "server.key");
  await cp(at("broker.crt"), certificate);
  await cp(at("broker.key"), key);
  await chmod(key, 0o600);
  return { ca: at("ca.pem"), kafka, postgres: { certificate, key } };
}

/** The authority's certificate and the brokers', which know each other by the name in it. */
async function issue(
  at: (name: string) => string,
  names: string,
): Promise<void> {
  await writeFile(at("names"), names);
  const openssl = (...args: string[]) => run("openssl", args);
  const newKey = ["req", "-newkey", "rsa:2048", "-nodes"];
  await openssl(
    ...[...newKey, "-x509", "-days", "2", "-subj", "/CN=stores"],
    ...["-keyout", at("ca.key"), "-out", at("ca.pem")],
  );
  await openssl(
    ...[...newKey, "-subj", "/CN=broker"],
    ...["-keyout", at("broker.key"), "-out", at("broker.csr")],
  );
  await openssl(
    ...["x509", "-req", "-in", at("broker.csr"), "-days", "2"],
    ...["-CA", at("ca.pem"), "-CAkey", at("ca.key"), "-CAcreateserial"],
    ...["-extfile", at("names"), "-out", at("broker.crt")],
  );
  await openssl(
    ...["pkcs8", "-topk8", "-nocrypt"],
    ...["-in", at("broker.key"), "-out", at("broker.p8")],
  );
}
