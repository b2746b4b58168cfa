import { runService } from "@cartwright/service/run-service";
import { notificationService } from "./notification-service.ts";

await runService(notificationService);
