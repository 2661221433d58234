// A status in words, with an icon and a tone.
import { h } from "../vendor/vue.js";
import { standings } from "../level.js";
import { icon } from "./icon.js";

/** @param {import("../level.js").Standing} standing */
export function standingBadge(standing) {
  const { label, tone, icon: name } = standings[standing] ?? { label: standing, tone: "idle", icon: "circle-alert" };
  return badge(label, tone, name);
}

/**
 * @param {string} label
 * @param {string} tone critical, high, medium, good, idle or off
 * @param {string} [iconName]
 */
export function badge(label, tone, iconName) {
  return h("span", { class: ["badge", tone] }, [iconName ? icon(iconName) : null, label]);
}
