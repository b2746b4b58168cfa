/** Whoever has it can charge the card. */
const secrets = new Set(["paymentToken"]);

/** A payload as people may see it and as the audit keeps it: without what is as good as money. */
export function shownPayload(payload: string): string {
  try {
    return JSON.stringify(JSON.parse(payload), (name, value: unknown) =>
      secrets.has(name) ? "(not shown)" : value,
    );
  } catch {
    // Unreadable, so no message of ours, whose token would stand under its name.
    return payload;
  }
}
