import { runService } from "@cartwright/service/run-service";
import { shippingService } from "./shipping-service.ts";

await runService(shippingService);
