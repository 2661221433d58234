// ReDoc at /redoc: the API's document, to be read. Its search wants a worker made of a blob, which our
// Content-Security-Policy does not allow; the browser's own search finds as much.
/** @type {any} */
const page = globalThis;

page.Redoc.init(
  "/openapi.json",
  { disableSearch: true, hideDownloadButton: false, nativeScrollbars: true },
  document.getElementById("document"),
);
