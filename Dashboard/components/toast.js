// Short messages that come and go. What must not be missed stays until it is closed.
import { defineComponent, h, shallowReactive, TransitionGroup } from "../vendor/vue.js";
import { ApiError } from "../api/client.js";
import { icon } from "./icon.js";

/** @typedef {{id: number, tone: "good" | "high" | "critical", text: string}} Toast */

/** @type {Toast[]} */
const toasts = shallowReactive([]);
let last = 0;

/**
 * @param {string} text
 * @param {Toast["tone"]} tone only what went well leaves by itself
 */
export function toast(text, tone = "good") {
  const id = ++last;
  toasts.push({ id, tone, text });
  if (toasts.length > 4) toasts.shift();
  if (tone === "good") setTimeout(() => close(id), 5_000);
}

/**
 * Says what failed, in the server's words.
 * @param {string} what "The limit of ApTask was not changed"
 * @param {unknown} error
 */
export function toastError(what, error) {
  if (error instanceof Error && error.name === "AbortError") return;
  // A session that ended has a page of its own.
  if (error instanceof ApiError && error.status === 401) return;
  toast(`${what}: ${error instanceof ApiError ? sentence(error) : String(error)}`, "critical");
}

/** @param {ApiError} error */
const sentence = (error) =>
  [error.detail, ...error.errors.map(({ field, message }) => `${field} ${message}`)].join("; ");

/** Whether something is said at the moment that may not have been read yet. */
export const hasMessages = () => toasts.length > 0;

/** @param {number} id */
function close(id) {
  const index = toasts.findIndex((toast) => toast.id === id);
  if (index >= 0) toasts.splice(index, 1);
}

const icons = { good: "circle-check", high: "triangle-alert", critical: "octagon-alert" };

export const Toasts = defineComponent({
  name: "Toasts",
  setup: () => () =>
    h(
      TransitionGroup,
      { tag: "div", name: "toast", class: "toasts", role: "status", "aria-live": "polite" },
      () =>
        toasts.map(({ id, tone, text }) =>
          h("div", { key: id, class: ["toast", tone] }, [
            icon(icons[tone]),
            h("p", text),
            h("button", {
              type: "button",
              class: "quiet-button",
              "aria-label": "Close message",
              onClick: () => close(id),
            }, [icon("x")]),
          ])
        ),
    ),
});
