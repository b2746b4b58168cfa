import type { TableDefinition } from "../table-definition.ts";
import type { Twin, Twins } from "../twin.ts";
import { at, texts, uuids } from "./values.ts";

export type MailRow = {
  readonly delivery_id: string;
  readonly order_id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly body: string;
  readonly sent_at: number;
};

export const mails: TableDefinition<MailRow> = {
  name: "mails",
  key: ({ delivery_id }) => delivery_id,
};

const insert: Twin = function* (run, values) {
  const [ids, orderIds] = [uuids(values[0]), uuids(values[1])];
  const [recipients, subjects] = [texts(values[2]), texts(values[3])];
  const bodies = texts(values[4]);
  for (let index = 0; index < ids.length; index += 1)
    yield* run.table(mails).insertUnlessThere(run, {
      delivery_id: at(ids, index),
      order_id: at(orderIds, index),
      recipient: at(recipients, index),
      subject: at(subjects, index),
      body: at(bodies, index),
      sent_at: run.now,
    });
  return [];
};

const known: Twin = function* (run, values) {
  return run
    .table(mails)
    .findEach(run.tx, uuids(values[0]))
    .map(({ row }) => ({ id: row.delivery_id }));
};

export type TemplateRow = {
  readonly name: string;
  readonly subject: string;
  readonly body: string;
};

export const templates: TableDefinition<TemplateRow> = {
  name: "templates",
  key: ({ name }) => name,
  contents: [
    {
      name: "order-confirmed",
      subject: "Your order {{orderNumber}} is confirmed",
      body: "<p>Hello {{customerName}},</p><p>thank you for your order <b>{{orderNumber}}</b>. It is paid and will leave our warehouse soon.</p>",
    },
    {
      name: "order-cancelled",
      subject: "Your order {{orderNumber}} is cancelled",
      body: "<p>Hello {{customerName}},</p><p>your order <b>{{orderNumber}}</b> over {{total}} is cancelled ({{reason}}). Nothing is charged; what was paid is on its way back to you.</p>",
    },
    {
      name: "order-refunded",
      subject: "Your money for order {{orderNumber}} is on its way back",
      body: "<p>Hello {{customerName}},</p><p>we have given back {{total}}, which you paid for your order <b>{{orderNumber}}</b>. Your bank may take a few days to show it.</p>",
    },
  ],
};

const find: Twin = function* (run, values) {
  return run
    .table(templates)
    .findEach(run.tx, texts(values[0]))
    .map(({ row: { name, subject, body } }) => ({ name, subject, body }));
};

export const mailTwins: Twins = {
  "mails-insert": insert,
  "mails-known": known,
  "templates-find": find,
};
