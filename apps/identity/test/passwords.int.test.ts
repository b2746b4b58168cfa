import { aCustomer, aService } from "@cartwright/testing/principals";
import type { TestService } from "@cartwright/testing/test-service";
import { ada, anIdentityService, credentials } from "./support.ts";

let identity: TestService;
let adaId: string;

beforeAll(async () => {
  identity = await anIdentityService();
  adaId = (await post("register", ada)).body.userId;
});
afterAll(() => identity.stop());

const post = (path: string, body: object) =>
  identity.request.post(`/api/v1/auth/${path}`).send(body);

const change = (currentPassword: string, newPassword: string, id = adaId) =>
  identity
    .as(aCustomer(id))
    .put("/api/v1/users/me/password")
    .send({ currentPassword, newPassword });

describe("changing a password", () => {
  it("is refused without the current one", async () => {
    const { status, body } = await change("wrong horse", "battery staple");

    expect(status).toBe(403);
    expect(body.code).toBe("wrong-password");
  });

  it("is refused to a weak one", async () => {
    const { status, body } = await change(ada.password, "short");

    expect(status).toBe(400);
    expect(body.code).toBe("validation-failed");
  });

  it("is refused to one who is no user", async () => {
    const { body } = await identity
      .as(aService("order"))
      .put("/api/v1/users/me/password")
      .send({ currentPassword: "any", newPassword: "battery staple" });

    expect(body.code).toBe("not-found");
  });

  it("ends every session and is told of", async () => {
    const { refreshToken } = (await post("login", credentials)).body;
    const { status } = await change(ada.password, "battery staple");

    expect(status).toBe(204);
    expect((await post("refresh", { refreshToken })).body.code).toBe(
      "refresh-token-invalid",
    );
    expect((await post("login", credentials)).body.code).toBe(
      "invalid-credentials",
    );
    const renewed = { ...credentials, password: "battery staple" };
    expect((await post("login", renewed)).status).toBe(200);
    expect(await identity.published()).toMatchObject([
      { type: "identity.UserRegistered.v1", sequence: 1 },
      { type: "identity.UserLoggedIn.v1", sequence: 2 },
      {
        type: "identity.PasswordChanged.v1",
        sequence: 3,
        data: { userId: adaId },
      },
      { type: "identity.UserLoggedIn.v1", sequence: 4 },
    ]);
  });
});
