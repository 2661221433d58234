// Light, dark, or as the system has it. `theme.js` puts the choice in force before the first paint.
import { ofDevice } from "./storage.js";
import { shallowRef } from "./vendor/vue.js";

const key = "jobtalk.theme";

export const themes = [
  { value: "system", label: "As the system", icon: "monitor" },
  { value: "light", label: "Light", icon: "sun" },
  { value: "dark", label: "Dark", icon: "moon" },
];

/** What the user chose. */
export const theme = shallowRef(document.documentElement.dataset.theme ?? "system");

/** Grows with every change of colours, by choice or by the system: what is drawn on a canvas must be drawn anew. */
export const colourChanges = shallowRef(0);

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => colourChanges.value++);

/** @param {string} value */
export function setTheme(value) {
  theme.value = value;
  if (value === "system") {
    ofDevice.remove(key);
    delete document.documentElement.dataset.theme;
  } else {
    ofDevice.set(key, value);
    document.documentElement.dataset.theme = value;
  }
  colourChanges.value++;
}
