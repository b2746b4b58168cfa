import { analyticsService } from "@cartwright/app-analytics/analytics-service";
import { catalogService } from "@cartwright/app-catalog/catalog-service";
import { identityService } from "@cartwright/app-identity/identity-service";
import { inventoryService } from "@cartwright/app-inventory/inventory-service";
import { notificationService } from "@cartwright/app-notification/notification-service";
import { orderService } from "@cartwright/app-order/order-service";
import { paymentService } from "@cartwright/app-payment/payment-service";
import { shippingService } from "@cartwright/app-shipping/shipping-service";
import type { ServiceDefinition } from "@cartwright/service/service";

/** The services that own data, as each declares itself. */
export const definitions = (): readonly ServiceDefinition[] => [
  analyticsService,
  catalogService,
  identityService,
  inventoryService,
  notificationService,
  orderService,
  paymentService,
  shippingService,
];
