import { render } from "./template.ts";

const template = {
  subject: "Your order {{orderNumber}}",
  body: "<p>Hello {{ name }}, {{total}}</p>",
};

it("fills the placeholders of subject and body", () => {
  expect(
    render(template, { orderNumber: "A-1", name: "Ada", total: "29.99 EUR" }),
  ).toEqual({
    subject: "Your order A-1",
    body: "<p>Hello Ada, 29.99 EUR</p>",
  });
});

it("leaves nothing of a placeholder without a value", () => {
  expect(render(template, {}).body).toBe("<p>Hello , </p>");
});

it("does not take a value from the prototype", () => {
  expect(render({ subject: "{{constructor}}", body: "" }, {}).subject).toBe("");
});

it("lets no value become markup", () => {
  const { body } = render(template, { name: `<img src="x" onerror='y'>&` });
  expect(body).toContain(
    "&lt;img src=&quot;x&quot; onerror=&#39;y&#39;&gt;&amp;",
  );
});

it("does not fill a placeholder that a value brings along", () => {
  expect(render(template, { name: "{{total}}", total: "1" }).body).toBe(
    "<p>Hello {{total}}, 1</p>",
  );
});

it("lets no value add a header to the mail", () => {
  const { subject } = render(template, {
    orderNumber: "A-1\r\nBcc: all@example.com",
  });
  expect(subject).toBe("Your order A-1 Bcc: all@example.com");
});
