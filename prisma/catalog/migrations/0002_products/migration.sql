CREATE TABLE "categories" (
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "categories_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "categories_slug_key" ON "categories" ("slug");

CREATE TABLE "products" (
    "id" UUID NOT NULL,
    "sku" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT NOT NULL,
    "category_id" UUID,
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
    CONSTRAINT "products_category_id_fkey" FOREIGN KEY ("category_id") REFERENCES "categories" ("id") ON DELETE RESTRICT ON UPDATE NO ACTION,
    CONSTRAINT "products_price_not_negative" CHECK ("price_amount" >= 0)
);
CREATE UNIQUE INDEX "products_sku_key" ON "products" ("sku");
CREATE INDEX "products_newest_idx" ON "products" ("created_at" DESC, "id" DESC);
CREATE INDEX "products_price_idx" ON "products" ("price_amount", "id");
CREATE INDEX "products_category_idx" ON "products" ("category_id", "created_at" DESC, "id" DESC);

-- Search by the beginnings of words, in any language.
CREATE INDEX "products_words_idx" ON "products"
    USING gin (to_tsvector('simple', "name" || ' ' || "sku" || ' ' || "description"));
