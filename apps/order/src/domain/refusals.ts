/** Every reason why the order service may refuse, and the HTTP status it is answered with. */
export const refusals = {
  "unknown-product": 422,
  "price-changed": 409,
  "mixed-currencies": 422,
  "order-too-large": 422,
  "order-not-cancellable": 409,
} as const;
