import { seconds } from "@cartwright/kernel/duration";

/**
 * Whoever empties an outbox reads it from a floor on. Below lie the index entries of rows that are gone,
 * hundred thousands of them at full load, and now and then a row that has committed late.
 */

/** How far the floor stays behind the last row taken: one that is late by fewer rows is met at once. */
export const lateBy = 2_000;

/** How often an outbox is read from its beginning again, for rows that are later than that. */
export const fromTheStartEvery = seconds(5);
