// One Lucide icon out of the sprite that set-up makes from `icons.txt`.
import { h } from "../vendor/vue.js";

const sprite = new URL("../vendor/icons.svg", import.meta.url).pathname;

/**
 * @param {string} name as in `icons.txt`
 * @param {string} [label] what it says where no text stands beside it
 */
export function icon(name, label) {
  const words = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return h("svg", { class: "icon", viewBox: "0 0 24 24", ...words }, [h("use", { href: `${sprite}#${name}` })]);
}
