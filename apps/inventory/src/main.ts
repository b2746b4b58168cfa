import { runService } from "@cartwright/service/run-service";
import { inventoryService } from "./inventory-service.ts";

await runService(inventoryService);
