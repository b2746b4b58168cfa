import { seconds } from "@cartwright/kernel/duration";
import { silentLogger } from "@cartwright/observability/logger";
import { eventually } from "@cartwright/testing/eventually";
import { rateLimiter } from "../src/rate-limiter.ts";
import { hasRedis, startRedis } from "./redis-server.ts";

const suite = hasRedis() ? describe : describe.skip;

suite("gateways that share a Redis", () => {
  const limit = { requests: 10, window: seconds(30) };

  it("count together, and each for itself once Redis is killed", async () => {
    const redis = await startRedis();
    const gateways = await Promise.all(
      [1, 2, 3].map(() =>
        rateLimiter({
          limits: { default: limit, login: limit },
          redisUrl: redis.url,
          logger: silentLogger,
        }),
      ),
    );
    const take = async (caller: string, times: number) => {
      const allowances = await Promise.all(
        gateways.map((gateway) =>
          Promise.all(
            Array.from({ length: times / 3 }, () =>
              gateway.take("default", caller),
            ),
          ),
        ),
      );
      return allowances.flat().filter(({ isAllowed }) => isAllowed).length;
    };
    try {
      await eventually(async () => {
        for (const gateway of gateways) {
          expect(await gateway.health?.()).toEqual({ status: "up" });
        }
      });
      expect(await take("ann", 30)).toBe(10);

      await redis.kill();
      await eventually(async () => {
        expect(await gateways[0]?.health?.()).toMatchObject({
          status: "degraded",
        });
      });
      expect(await take("bob", 30)).toBe(30);
      expect(await take("bob", 30)).toBe(0);
    } finally {
      for (const gateway of gateways) await gateway.stop?.();
      await redis.kill();
    }
  });
});
