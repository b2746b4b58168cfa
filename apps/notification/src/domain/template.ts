/** A subject and a body (HTML) with `{{placeholders}}`. */
export type Template = { readonly subject: string; readonly body: string };

export type Values = Readonly<Record<string, string>>;

/** Fills the placeholders; one without a value becomes empty. Values never become markup or headers. */
export const render = (template: Template, values: Values): Template => ({
  subject: fill(template.subject, values, oneLine),
  body: fill(template.body, values, escapeHtml),
});

const fill = (
  text: string,
  values: Values,
  guard: (value: string) => string,
): string =>
  text.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) =>
    Object.hasOwn(values, name) ? guard(values[name] ?? "") : "",
  );

const oneLine = (value: string): string =>
  value.replace(/\p{Cc}+/gu, " ").trim();

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

const escapeHtml = (value: string): string =>
  value.replace(/[&<>"']/g, (character) => entities[character] ?? character);
