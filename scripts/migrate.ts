import { migrate } from "@cartwright/database/migrate";

const adminUrl = process.env.DATABASE_URL;
if (!adminUrl) {
  console.error(
    "DATABASE_URL is missing: the connection string of an administrator.",
  );
  process.exit(1);
}
await migrate({ adminUrl, onProgress: (sentence) => console.log(sentence) });
