import { runService } from "@cartwright/service/run-service";
import { analyticsService } from "./analytics-service.ts";

await runService(analyticsService);
