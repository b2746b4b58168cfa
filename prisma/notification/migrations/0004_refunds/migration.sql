-- What a customer is told whose money staff have given back; the order stays as it is.
INSERT INTO "templates" ("name", "subject", "body") VALUES
    ('order-refunded', 'Your money for order {{orderNumber}} is on its way back',
     '<p>Hello {{customerName}},</p><p>we have given back {{total}}, which you paid for your order <b>{{orderNumber}}</b>. Your bank may take a few days to show it.</p>')
ON CONFLICT ("name") DO NOTHING;
