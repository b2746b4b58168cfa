import { runService } from "@cartwright/service/run-service";
import { identityService } from "./identity-service.ts";

await runService(identityService);
