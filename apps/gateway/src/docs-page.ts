import express, { Router } from "express";
import { createRequire } from "node:module";
import { dirname } from "node:path";

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Cartwright API</title>
    <link rel="icon" href="/docs/favicon-32x32.png" />
    <link rel="stylesheet" href="/docs/swagger-ui.css" />
  </head>
  <body>
    <div id="swagger-ui"></div>
    <script src="/docs/swagger-ui-bundle.js"></script>
    <script src="/docs/start.js"></script>
  </body>
</html>
`;

/** A file of its own, since the content security policy allows no script inside the page. */
const start = `SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#swagger-ui",
  deepLinking: true,
  validatorUrl: null,
});
`;

/** The API's documentation by Swagger UI, all of it from here: it works without the internet. */
export function docsPage(): Router {
  const router = Router();
  router.get("/", (_request, response) => {
    response.type("html").send(page);
  });
  router.get("/start.js", (_request, response) => {
    response.type("js").send(start);
  });
  const files = ["swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"];
  const { resolve } = createRequire(import.meta.url);
  const folder = dirname(resolve("swagger-ui-dist/package.json"));
  const shipped = express.static(folder, { index: false });
  router.get(
    files.map((file) => `/${file}`),
    shipped,
  );
  return router;
}
