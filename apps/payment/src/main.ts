import { runService } from "@cartwright/service/run-service";
import { paymentService } from "./payment-service.ts";

await runService(paymentService);
