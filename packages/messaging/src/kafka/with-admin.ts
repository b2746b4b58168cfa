import type { Admin, AdminConfig, Kafka } from "kafkajs";

/** Asks the brokers over a connection of its own, which is closed whatever comes of it. */
export async function withAdmin<T>(
  kafka: Kafka,
  use: (admin: Admin) => Promise<T>,
  config?: AdminConfig,
): Promise<T> {
  const admin = kafka.admin(config);
  try {
    await admin.connect();
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}
