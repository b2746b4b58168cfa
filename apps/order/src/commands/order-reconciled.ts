/** The operator's action that brought an order to a truthful end after commits were lost. */
export const orderReconciled = "reconcile.order";
