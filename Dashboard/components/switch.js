// On or off. `role="switch"` on a button: works with Enter and Space.
import { h } from "../vendor/vue.js";

/**
 * @param {object} options
 * @param {string} options.label
 * @param {boolean} options.isOn
 * @param {(isOn: boolean) => void} options.onChange
 * @param {string | null} [options.disabledBecause]
 * @param {boolean} [options.showsLabel]
 */
export function toggle({ label, isOn, onChange, disabledBecause = null, showsLabel = false }) {
  return h("button", {
    type: "button",
    role: "switch",
    class: "switch",
    "aria-checked": isOn ? "true" : "false",
    "aria-label": showsLabel ? undefined : label,
    "aria-disabled": disabledBecause ? "true" : undefined,
    title: disabledBecause ?? undefined,
    onClick: () => disabledBecause || onChange(!isOn),
  }, [h("span", { class: "knob" }), showsLabel ? h("span", label) : null]);
}
