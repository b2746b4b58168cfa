/** The service that a new one is made after: it listens only, and has nothing that others do not have. */
export const model = "analytics";

/** The text with another service's name for the model's, in each of the ways it is written. */
export const renamed = (text: string, name: string): string =>
  text
    .replaceAll(model, name)
    .replaceAll(model.toUpperCase(), name.toUpperCase());
