// The settings: grouped, each with its unit, range and default; only what was changed is sent.
/** @import {Setting} from "./settings-keys.js" */
import { defineComponent, h, nextTick, shallowReactive, shallowRef } from "../vendor/vue.js";
import { ApiError } from "../api/client.js";
import { adminOnly, isAdmin } from "../api/session.js";
import { settings } from "../api/endpoints.js";
import { Field } from "../components/field.js";
import { icon } from "../components/icon.js";
import { useLoad } from "../components/load.js";
import { failure, skeleton } from "../components/placeholders.js";
import { toggle } from "../components/switch.js";
import { toast } from "../components/toast.js";
import { number } from "../format.js";
import { guardLeaving } from "../leaving.js";
import { live } from "../live/store.js";
import { settingGroups } from "./settings-keys.js";

const zones = Intl.supportedValuesOf("timeZone");

export default defineComponent({
  name: "SettingsPage",
  setup() {
    /** @type {Record<string, any>} */
    const draft = shallowReactive({});
    const stored = useLoad(async (signal) => {
      const values = await settings.show(signal);
      live.settings = values;
      Object.assign(draft, values, changes());
      return values;
    });
    const errors = shallowRef(/** @type {Record<string, string>} */ ({}));
    const problem = shallowRef("");
    const isBusy = shallowRef(false);
    guardLeaving(() => Object.keys(changes()).length > 0);
    stored.load();

    /** @returns {Record<string, any>} */
    function changes() {
      const before = /** @type {Record<string, any>} */ (stored.value ?? {});
      return Object.fromEntries(Object.entries(draft).filter(([key, value]) => value !== before[key]));
    }

    /** @param {Event} event */
    async function save(event) {
      event.preventDefault();
      const changed = changes();
      if (isBusy.value || Object.keys(changed).length === 0) return;
      isBusy.value = true;
      try {
        toast((await settings.update(changed)).message);
        // What is typed meanwhile is still to be saved.
        stored.value = /** @type {any} */ ({ ...stored.value, ...changed });
        errors.value = {};
        problem.value = "";
        await stored.refresh();
      } catch (error) {
        errors.value = error instanceof ApiError ? error.byField : {};
        problem.value = error instanceof ApiError ? error.above(Object.keys(draft)) : String(error);
        nextTick(() => /** @type {HTMLElement | null} */ (document.querySelector("main [aria-invalid=true]"))?.focus());
      }
      isBusy.value = false;
    }

    const put = (
      /** @type {Setting} */ setting,
      /** @type {string} */ text,
    ) => (draft[setting.key] = setting.range && /^\d+$/.test(text) ? Number(text) : text);

    /** @param {Setting} setting */
    function control(setting) {
      const { key, label, hint, unit, range, standard } = setting;
      if (typeof standard === "boolean") {
        return h("div", { key, class: "field" }, [
          toggle({
            label,
            isOn: Boolean(draft[key]),
            showsLabel: true,
            disabledBecause: isAdmin.value ? null : adminOnly,
            onChange: (isOn) => (draft[key] = isOn),
          }),
          h("p", { class: "hint" }, `${hint} Default: ${standard ? "on" : "off"}.`),
        ]);
      }
      const facts = range
        ? `${hint} ${number(range[0])} to ${number(range[1])}, default ${number(Number(standard))}.`
        : `${hint} Default: ${standard}.`;
      const isStandard = draft[key] === standard;
      return h(Field, {
        key,
        name: key,
        label,
        hint: facts,
        unit,
        type: range ? "number" : "text",
        list: range ? undefined : "zones",
        min: range?.[0],
        max: range?.[1],
        disabled: !isAdmin.value,
        modelValue: draft[key],
        error: errors.value[key],
        "onUpdate:modelValue": (/** @type {string} */ text) => put(setting, text),
      }, {
        after: () =>
          isAdmin.value && !isStandard
            ? h("button", {
              type: "button",
              class: "link-button",
              "aria-label": `Default for ${label}`,
              onClick: () => (draft[key] = standard),
            }, "Default")
            : null,
      });
    }

    return () => [
      h("div", { class: "page-head" }, [h("h1", "Settings")]),
      stored.error
        ? failure(stored.error, stored.load)
        : !stored.value
        ? skeleton(10)
        : h("form", { class: "form-page", novalidate: true, onSubmit: save }, [
          isAdmin.value ? null : h("p", { class: "note" }, `You may look, but not change: ${adminOnly.toLowerCase()}.`),
          h("p", { class: "form-error", role: "alert" }, problem.value ? [icon("circle-alert"), problem.value] : null),
          ...settingGroups.map(({ title, text, settings: list }) =>
            h("section", { key: title, class: "form-section", "aria-labelledby": `group-${title}` }, [
              h("div", [h("h2", { id: `group-${title}` }, title), h("p", { class: "quiet" }, text)]),
              h("div", { class: "card fields" }, list.map(control)),
            ])
          ),
          h("datalist", { id: "zones" }, zones.map((name) => h("option", { key: name, value: name }))),
          isAdmin.value
            ? foot(Object.keys(changes()).length, isBusy.value, () => Object.assign(draft, stored.value))
            : null,
        ]),
    ];
  },
});

/**
 * @param {number} changed
 * @param {boolean} isBusy
 * @param {() => void} discard
 */
const foot = (changed, isBusy, discard) =>
  h("div", { class: "form-foot" }, [
    h(
      "p",
      { class: "quiet", role: "status" },
      changed === 0 ? "Nothing changed" : changed === 1 ? "1 change not saved" : `${changed} changes not saved`,
    ),
    h("span", { class: "spring" }),
    h("button", { type: "button", class: "button", disabled: changed === 0, onClick: discard }, "Discard"),
    h("button", { type: "submit", class: "button primary", disabled: changed === 0 || isBusy }, "Save settings"),
  ]);
