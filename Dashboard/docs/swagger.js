// Swagger UI at /docs: the API's document, to be read and tried out.
/** @type {any} */
const page = globalThis;

page.SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#document",
  deepLinking: true,
  displayRequestDuration: true,
  // No second opinion from a server of someone else's.
  validatorUrl: null,
});
