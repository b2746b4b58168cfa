import { z } from "zod";
import { defineEvent } from "./define.ts";
import { idShape, timeShape } from "./shapes.ts";

export const userRegistered = defineEvent("identity.UserRegistered.v1", {
  data: z.object({
    userId: idShape,
    roles: z.array(z.string()),
    registeredAt: timeShape,
  }),
  subject: ["user", (data) => data.userId],
});

export const userLoggedIn = defineEvent("identity.UserLoggedIn.v1", {
  data: z.object({ userId: idShape, loggedInAt: timeShape }),
  subject: ["user", (data) => data.userId],
});

export const passwordChanged = defineEvent("identity.PasswordChanged.v1", {
  data: z.object({ userId: idShape, changedAt: timeShape }),
  subject: ["user", (data) => data.userId],
});
