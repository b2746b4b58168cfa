-- Orders are looked for by the number that the customer quotes.
CREATE INDEX "orders_number_idx" ON "orders" ("number");
