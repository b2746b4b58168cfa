import type { Clock } from "@cartwright/kernel/clock";
import type { TestDatabase } from "@cartwright/testing/test-database";
import {
  testService,
  type TestService,
} from "@cartwright/testing/test-service";
import { identityService } from "../src/identity-service.ts";

export const clientSecret = "a secret the services share";

export const anIdentityService = (
  options: { readonly clock?: Clock; readonly database?: TestDatabase } = {},
): Promise<TestService> =>
  testService(identityService, {
    ...options,
    env: { SERVICE_CLIENT_SECRET: clientSecret },
  });

export const ada = {
  email: "ada@example.org",
  password: "correct horse",
  name: "Ada",
};

export const credentials = { email: ada.email, password: ada.password };
