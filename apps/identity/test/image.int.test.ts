import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { roleUrl } from "@cartwright/database/role-url";
import { bundle } from "../../../scripts/images/bundle.ts";
import { images } from "../../../scripts/images/images.ts";
import { ada, anIdentityService, credentials } from "./support.ts";

/** In identity's container there is the image's `/app` and identity's environment, and nothing else. */
it("makes a shop's first operator with what identity's image has", async () => {
  const app = await mkdtemp(join(tmpdir(), "cartwright-identity-"));
  const identity = await anIdentityService();
  try {
    const image = images.find(({ name }) => name === "identity");
    await bundle(image!, app);
    await identity.request.post("/api/v1/auth/register").send(ada).expect(201);

    const { stdout } = await promisify(execFile)(
      process.execPath,
      ["make-operator.js", ada.email, "--reason", "the first of this shop"],
      {
        cwd: app,
        env: { DATABASE_URL: roleUrl(identity.database.adminUrl, "identity") },
      },
    );

    expect(stdout).toContain("ada@example.org has the roles");
    const { body } = await identity.request
      .post("/api/v1/auth/login")
      .send(credentials);
    expect(body.user.roles).toEqual(["customer", "operator"]);
  } finally {
    await identity.stop();
    await rm(app, { recursive: true });
  }
});
