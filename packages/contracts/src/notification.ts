import { z } from "zod";
import { defineCommand, defineEvent } from "./define.ts";
import { idShape, timeShape } from "./shapes.ts";

const delivery = {
  notificationId: idShape,
  customerId: idShape,
  orderId: idShape,
  template: z.string(),
  channel: z.enum(["email", "in-app"]),
};
const subject = [
  "notification",
  (data: { notificationId: string }) => data.notificationId,
] as const;
const key = (data: { orderId: string }) => data.orderId;

export const notificationRequested = defineEvent(
  "notification.NotificationRequested.v1",
  {
    data: z.object({ ...delivery, requestedAt: timeShape }),
    subject,
    key,
  },
);

export const notificationSent = defineEvent(
  "notification.NotificationSent.v1",
  {
    data: z.object({ ...delivery, sentAt: timeShape }),
    subject,
    key,
  },
);

export const notificationFailed = defineEvent(
  "notification.NotificationFailed.v1",
  {
    data: z.object({ ...delivery, code: z.string(), failedAt: timeShape }),
    subject,
    key,
  },
);

export const emailDelivered = defineEvent("notification.EmailDelivered.v1", {
  data: z.object({ ...delivery, deliveredAt: timeShape }),
  subject,
  key,
});

export const sendNotification = defineCommand(
  "notification.SendNotification.v1",
  {
    data: z.object({
      orderId: idShape,
      customerId: idShape,
      template: z.string(),
      /** Values for the template's placeholders. */
      values: z.record(z.string(), z.string()),
    }),
    done: notificationSent,
    refused: notificationFailed,
    subject: ["order", (data) => data.orderId],
  },
);
