import { newId } from "@cartwright/kernel/ids";
import { z } from "zod";
import { idOr, idParam } from "./id-param.ts";

const id = newId();

it("takes an id in any case for the same one", () => {
  expect(idParam.parse(id.toUpperCase())).toBe(id);
  expect(idParam.safeParse("MUG-STONE").success).toBe(false);
});

it("leaves what is no id as it is", () => {
  const shape = idOr(z.string().min(1));
  expect(shape.parse(id.toUpperCase())).toBe(id);
  expect(shape.parse("MUG-STONE")).toBe("MUG-STONE");
  expect(shape.safeParse("").success).toBe(false);
});

it("is described as the UUID that it is", () => {
  expect(z.toJSONSchema(idParam)).toMatchObject({ format: "uuid" });
});
