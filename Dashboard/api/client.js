// The one place that speaks HTTP. Every call goes through `request`; what fails is an `ApiError`.

/** What went wrong with a call, in the server's own words where it had any. */
export class ApiError extends Error {
  /**
   * @param {number} status 0 when no answer came at all
   * @param {string} detail one sentence for a person
   * @param {{field: string, message: string}[]} errors the faulty fields of a 422
   */
  constructor(status, detail, errors = []) {
    super(detail);
    this.name = "ApiError";
    this.status = status;
    this.detail = detail;
    this.errors = errors;
  }

  /** The route does not exist on this server: an older server than the page. */
  get isMissing() {
    return this.status === 404 && this.detail === "Not found";
  }

  /**
   * What to say above a form that shows some of the faults beside its fields.
   * @param {string[]} fields those that the form has
   */
  above(fields) {
    const elsewhere = this.errors.filter(({ field }) => !fields.includes(field));
    if (this.errors.length === 0) return this.detail;
    if (elsewhere.length > 0) return elsewhere.map(({ field, message }) => `${field} ${message}`).join("; ");
    return this.errors.length === 1 ? "One field is not right yet" : `${this.errors.length} fields are not right yet`;
  }

  /** The messages of a 422 by field. */
  get byField() {
    return Object.fromEntries(this.errors.map(({ field, message }) => [field, message]));
  }
}

/** @type {{token: () => string | null, refused: (token: string) => void, heardAt: (serverTime: number) => void}} */
let hooks = { token: () => null, refused: () => {}, heardAt: () => {} };

/**
 * Tells the client whose token to send, whom to tell that it was refused, and who keeps the server's time.
 * @param {typeof hooks} given
 */
export function connect(given) {
  hooks = given;
}

/**
 * @typedef {object} Options
 * @property {unknown} [body] sent as JSON
 * @property {Record<string, unknown>} [query] `undefined` and `null` are left out
 * @property {AbortSignal} [signal]
 * @property {number} [timeout] milliseconds until the call is given up
 */

/**
 * Sends one request and gives its JSON.
 * @param {string} method
 * @param {string} path begins with `/api/`
 * @param {Options} [options]
 * @returns {Promise<any>}
 * @throws {ApiError}
 */
export async function request(method, path, options = {}) {
  const response = await send(method, path, options);
  return await readJSON(response);
}

/** What was polled, and the tag of its version. @typedef {{etag: string, body: any}} Version */

/** @type {Map<string, Version>} */
const polled = new Map();

/**
 * Asks again for something that was asked for before; an unchanged answer costs a 304.
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<any>} the same object as last time if nothing changed
 */
export async function poll(path, options = {}) {
  return (await pollVersion(path, options)).body;
}

/**
 * The same, with the version's tag; it is empty if the server gave none.
 * @param {string} path
 * @param {Options} [options]
 * @returns {Promise<Version>}
 */
export async function pollVersion(path, options = {}) {
  const known = polled.get(path);
  const response = await send("GET", path, options, known && { "If-None-Match": known.etag });
  if (response.status === 304 && known) return known;
  const version = { etag: response.headers.get("ETag") ?? "", body: await readJSON(response) };
  if (version.etag) polled.set(path, version);
  return version;
}

/** Forgets what was polled: it belonged to whoever was signed in. */
export function forgetPolled() {
  polled.clear();
}

/**
 * Opens a stream of events. If the server goes on from `place`, its answer has the header `Last-Event-ID`; else the
 * stream begins anew.
 * @param {string} path
 * @param {AbortSignal} signal
 * @param {string} place the id of an event, or what else the server takes for one; may be empty
 * @returns {Promise<Response>}
 */
export function openStream(path, signal, place) {
  /** @type {Record<string, string>} */
  const headers = { Accept: "text/event-stream" };
  if (place) headers["Last-Event-ID"] = place;
  return send("GET", path, { signal, timeout: Infinity }, headers);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {Options} options
 * @param {Record<string, string>} extraHeaders
 */
async function send(method, path, { body, query, signal, timeout = 20_000 }, extraHeaders = {}) {
  const token = hooks.token();
  /** @type {Record<string, string>} */
  const headers = { Accept: "application/json", ...extraHeaders };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await reach(path + search(query), {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: deadline(signal, timeout),
    cache: "no-store",
    credentials: "omit",
  });
  const date = Date.parse(response.headers.get("Date") ?? "");
  if (date) hooks.heardAt(date);
  if (response.ok || response.status === 304) return response;
  // A refused login is the form's to tell; a refused token ends the session.
  if (response.status === 401 && token) hooks.refused(token);
  throw await refusal(response);
}

/**
 * @param {string} url
 * @param {RequestInit} init
 */
async function reach(url, init) {
  try {
    return await fetch(url, init);
  } catch (error) {
    throw unreachable(error);
  }
}

/** @param {unknown} error */
function unreachable(error) {
  const name = error instanceof Error ? error.name : "";
  if (name === "AbortError") return error;
  if (name === "TimeoutError") return new ApiError(0, "The server did not answer in time");
  return new ApiError(0, "The server cannot be reached");
}

/**
 * @param {AbortSignal | undefined} signal
 * @param {number} timeout
 */
function deadline(signal, timeout) {
  if (timeout === Infinity) return signal;
  const ends = AbortSignal.timeout(timeout);
  return signal ? AbortSignal.any([signal, ends]) : ends;
}

/** @param {Response} response */
async function readJSON(response) {
  try {
    return await response.json();
  } catch (error) {
    const failure = unreachable(error);
    throw failure instanceof ApiError ? new ApiError(0, "The server's answer broke off") : failure;
  }
}

/** @param {Response} response */
async function refusal(response) {
  let body = null;
  try {
    body = await response.json();
  } catch {
    // A proxy's own error page: its status has to do.
  }
  const detail = typeof body?.detail === "string" ? body.detail : `The server answered ${response.status}`;
  return new ApiError(response.status, detail, Array.isArray(body?.errors) ? body.errors : []);
}

/** @param {Record<string, unknown> | undefined} query */
function search(query) {
  const given = Object.entries(query ?? {}).filter(([, value]) => value !== undefined && value !== null);
  if (given.length === 0) return "";
  return "?" + new URLSearchParams(given.map(([key, value]) => [key, String(value)]));
}
