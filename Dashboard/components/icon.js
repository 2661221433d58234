// One Lucide icon, drawn in place: each `use` of a sprite is a copy of its own that costs four times as much to lay out.
import { h } from "../vendor/vue.js";
import { icons } from "../vendor/icons.js";

/**
 * @param {string} name as in `icons.txt`
 * @param {string} [label] what it says where no text stands beside it
 */
export function icon(name, label) {
  const words = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
  return h(
    "svg",
    { class: "icon", viewBox: "0 0 24 24", ...words },
    icons[name].map(([shape, attributes]) => h(shape, attributes)),
  );
}
