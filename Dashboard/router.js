// History routes. The address is the state: page, and in its query filter, sort and range.
import { heldBack, leave, wouldLose } from "./leaving.js";
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

/** Where the entry shown stands among those of this tab's history. */
let position = 0;
/** How far each entry was scrolled when it was left. @type {Map<number, number>} */
const scrolled = new Map();

export function startRouter() {
  position = history.state?.position ?? 0;
  history.replaceState({ position }, "");
  addEventListener("popstate", popped);
  read();
}

/** Path and query, as they stand. */
export const currentAddress = () => location.pathname + location.search;

/**
 * Goes to an address of this page. Asks first where typed input would be lost by it.
 * @param {string} address
 * @param {{replace?: boolean, asks?: boolean}} [options]
 */
export function navigate(address, { replace = false, asks = true } = {}) {
  const go = () => show(address, replace);
  if (asks && leavesPage(new URL(address, location.href).pathname)) leave(go);
  else go();
}

/**
 * @param {string} address
 * @param {boolean} replace
 */
function show(address, replace) {
  const before = route.path;
  scrolled.set(position, scrollY);
  if (replace || address === currentAddress()) history.replaceState({ position }, "", address);
  else history.pushState({ position: ++position }, "", address);
  read();
  if (route.path !== before) begin(0);
}

/** @param {PopStateEvent} event */
function popped({ state }) {
  const target = state?.position ?? position + 1;
  if (leavesPage(location.pathname) && wouldLose()) {
    // The browser is there already: back to where the input is, and there again if the user says so.
    const steps = target - position;
    history.go(-steps);
    return leave(() => history.go(steps));
  }
  const before = route.path;
  scrolled.set(position, scrollY);
  position = target;
  history.replaceState({ position }, "");
  read();
  if (route.path !== before) begin(scrolled.get(position) ?? 0);
}

/** How far the page that is on its way is to be scrolled; null once it is there. @type {number | null} */
let coming = null;

/** @param {number} top */
function begin(top) {
  // Whatever was asked about leaving the page before is answered.
  heldBack.value = null;
  scrollTo(0, 0);
  coming = top;
}

/** The page is drawn. As after a page load, the next Tab starts at its top. */
export function arrive() {
  if (coming === null) return;
  scrollTo(0, coming);
  coming = null;
  const main = document.querySelector("main");
  if (!main?.contains(document.activeElement)) main?.focus({ preventScroll: true });
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

/** A page is made anew for another path, not for another query. @param {string} pathname */
const leavesPage = (pathname) => pathOf(pathname) !== route.path;

/** @param {string} pathname */
const pathOf = (pathname) => pathname.replace(/(.)\/+$/, "$1");

function read() {
  const path = pathOf(location.pathname);
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
    if (!part.startsWith(":")) {
      if (part !== given[index]) return null;
      continue;
    }
    const value = decoded(given[index]);
    if (!value) return null;
    params[part.slice(1)] = value;
  }
  return params;
}

/** Nothing if it is not well formed: then it names no page. @param {string} text */
function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return "";
  }
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
