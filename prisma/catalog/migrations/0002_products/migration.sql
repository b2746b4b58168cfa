CREATE TABLE "categories" (
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "categories_pkey" PRIMARY KEY ("slug")
);

CREATE TABLE "products" (
    "id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "category" TEXT,
    "price_amount" BIGINT NOT NULL,
    "currency" CHAR(3) NOT NULL,
    "images" JSONB NOT NULL,
    "attributes" JSONB NOT NULL,
    "version" INTEGER NOT NULL,
    "event_sequence" INTEGER NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),
    CONSTRAINT "products_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "products_category_fkey" FOREIGN KEY ("category") REFERENCES "categories" ("slug") ON DELETE RESTRICT ON UPDATE CASCADE,
    CONSTRAINT "products_price_not_negative" CHECK ("price_amount" >= 0)
);
CREATE UNIQUE INDEX "products_sku_key" ON "products" ("sku");
CREATE INDEX "products_newest_idx" ON "products" ("created_at" DESC, "id" DESC);
CREATE INDEX "products_price_idx" ON "products" ("price_amount", "id");
CREATE INDEX "products_category_idx" ON "products" ("category", "created_at" DESC, "id" DESC);

-- Search by the beginnings of words, in any language. What joins words parts them here: in
-- MUG-01 the parser would see the number minus one.
CREATE INDEX "products_words_idx" ON "products" USING gin (
    to_tsvector('simple', translate("name" || ' ' || "sku" || ' ' || "description", '-_./', '    '))
);
