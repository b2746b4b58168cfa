-- A deadline moves with every step. An index on it would make each of these updates write new entries into all
-- indexes of the table (no HOT update); so the timer looks at `wake_at`, which is never later than the deadline
-- and moves only when the deadline comes nearer, or when the timer finds that it has moved away.
-- The default is for processes of the release before, which do not know the column: the timer looks at once.
-- Set apart from the column, so that rows of sagas that have ended stay untouched.
ALTER TABLE saga_instances ADD COLUMN wake_at TIMESTAMPTZ(6);
ALTER TABLE saga_instances ALTER COLUMN wake_at SET DEFAULT now();
UPDATE saga_instances SET wake_at = deadline WHERE deadline IS NOT NULL;
DROP INDEX saga_instances_deadline_idx;
CREATE INDEX saga_instances_wake_idx ON saga_instances (wake_at) WHERE wake_at IS NOT NULL;
-- Room for the next version of a row beside the present one.
ALTER TABLE saga_instances SET (fillfactor = 60);
