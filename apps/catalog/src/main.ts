import { runService } from "@cartwright/service/run-service";
import { catalogService } from "./catalog-service.ts";

await runService(catalogService);
