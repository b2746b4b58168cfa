-- What staff gave back while the orders stayed, beside the revenue. The default is for processes of the release
-- before, which do not know the column.
ALTER TABLE "sales_by_day" ADD COLUMN "refunded" BIGINT NOT NULL DEFAULT 0;
