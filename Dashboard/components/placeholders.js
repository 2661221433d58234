// What stands where something is not there yet, is not there at all, or could not be had.
import { h } from "../vendor/vue.js";
import { icon } from "./icon.js";

/** @param {number} lines */
export const skeleton = (lines) =>
  h(
    "div",
    { class: "skeleton", role: "status", "aria-label": "Loading" },
    Array.from({ length: lines }, () => h("span")),
  );

/**
 * @param {string} iconName
 * @param {string} title
 * @param {string} text what to do next
 * @param {any} [action]
 */
export const empty = (iconName, title, text, action = null) =>
  h("div", { class: "empty" }, [icon(iconName), h("p", { class: "empty-title" }, title), h("p", text), action]);

/**
 * @param {unknown} error
 * @param {() => void} [again]
 */
export function failure(error, again) {
  const words = error && typeof error === "object" && "detail" in error ? String(error.detail) : String(error);
  return h("div", { class: "empty", role: "alert" }, [
    icon("circle-alert"),
    h("p", { class: "empty-title" }, "This could not be loaded"),
    h("p", words),
    again ? h("button", { type: "button", class: "button", onClick: again }, "Try again") : null,
  ]);
}
