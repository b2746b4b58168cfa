/** Every reason why the order service may refuse, and the HTTP status it is answered with. */
export const refusals = {
  "unknown-product": 422,
  "unknown-customer": 422,
  "price-changed": 409,
  "mixed-currencies": 422,
  "order-too-large": 422,
  "order-not-cancellable": 409,
  "saga-finished": 409,
  "version-unknown": 409,
  "cannot-skip": 409,
  "past-the-pivot": 409,
  "already-compensating": 409,
  "not-stuck": 409,
  "cannot-close-so": 409,
} as const;
