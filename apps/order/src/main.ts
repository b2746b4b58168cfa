import { runService } from "@cartwright/service/run-service";
import { orderService } from "./order-service.ts";

await runService(orderService);
