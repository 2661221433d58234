// History routes. The address is the state: page, and in its query filter, sort and range.
import { h, shallowReactive } from "./vendor/vue.js";
import { routes } from "./routes.js";

/** @typedef {typeof routes[number]} Route */

export const route = shallowReactive({
  /** @type {Route} */
  at: routes[0],
  /** @type {Record<string, string>} */
  params: {},
  /** @type {Record<string, string>} */
  query: {},
  path: "/",
});

export function startRouter() {
  addEventListener("popstate", read);
  read();
}

/** Path and query, as they stand. */
export const currentAddress = () => location.pathname + location.search;

/**
 * @param {string} address
 * @param {{replace?: boolean}} [options]
 */
export function navigate(address, { replace = false } = {}) {
  const before = route.path;
  history[replace ? "replaceState" : "pushState"](null, "", address);
  read();
  if (route.path === before) return;
  scrollTo(0, 0);
  // What a browser does after a page load: the next Tab starts at the top of the new page.
  requestAnimationFrame(() => document.querySelector("main")?.focus({ preventScroll: true }));
}

/**
 * Changes some of the query in place; `null` or an empty text removes a key.
 * @param {Record<string, string | number | null>} changes
 */
export function setQuery(changes) {
  const query = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(changes)) {
    if (value === null || value === "") query.delete(key);
    else query.set(key, String(value));
  }
  const text = query.toString();
  navigate(location.pathname + (text ? `?${text}` : ""), { replace: true });
}

function read() {
  const path = location.pathname.replace(/(.)\/+$/, "$1");
  for (const candidate of routes) {
    const params = match(candidate.path, path);
    if (!params) continue;
    Object.assign(route, {
      at: candidate,
      params,
      path,
      query: Object.fromEntries(new URLSearchParams(location.search)),
    });
    return;
  }
}

/**
 * @param {string} pattern
 * @param {string} path
 */
function match(pattern, path) {
  if (pattern === "*") return {};
  const wanted = pattern.split("/");
  const given = path.split("/");
  if (wanted.length !== given.length) return null;
  /** @type {Record<string, string>} */
  const params = {};
  for (const [index, part] of wanted.entries()) {
    if (part.startsWith(":")) params[part.slice(1)] = given[index];
    else if (part !== given[index]) return null;
  }
  return params;
}

/**
 * A link within the page. Opens a new tab where the user asks for one.
 * @param {string} to
 * @param {Record<string, unknown>} props
 * @param {any} children
 */
export function link(to, props, children) {
  return h("a", { ...props, href: to, onClick: (/** @type {MouseEvent} */ event) => follow(event, to) }, children);
}

/**
 * @param {MouseEvent} event
 * @param {string} to
 */
function follow(event, to) {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(to);
}
