// A labelled input with its hint and its error, tied together for who cannot see them side by side.
import { defineComponent, h, shallowRef, useId } from "../vendor/vue.js";
import { icon } from "./icon.js";

export const Field = defineComponent({
  name: "Field",
  inheritAttrs: false,
  props: {
    label: { type: String, required: true },
    modelValue: { type: [String, Number], default: "" },
    /** text, number, password, date, select or textarea */
    type: { type: String, default: "text" },
    hint: { type: String, default: null },
    unit: { type: String, default: null },
    error: { type: String, default: null },
    /** For a select: `[value, words]` each. @type {any} */
    options: { type: Array, default: () => [] },
  },
  emits: ["update:modelValue"],
  setup(props, { emit, attrs, slots }) {
    const id = useId();
    const isShown = shallowRef(false);
    const change = (/** @type {any} */ event) => emit("update:modelValue", event.target.value);

    function input() {
      const common = {
        ...attrs,
        id,
        class: "input",
        value: props.modelValue,
        "aria-invalid": props.error ? "true" : undefined,
        "aria-describedby": [props.hint && `${id}-hint`, props.error && `${id}-error`].filter(Boolean).join(" ") ||
          undefined,
      };
      if (props.type === "select") {
        return h(
          "select",
          { ...common, onChange: change },
          props.options.map((/** @type {[string, string]} */ [value, words]) =>
            h("option", { value, key: value }, words)
          ),
        );
      }
      if (props.type === "textarea") return h("textarea", { ...common, onInput: change });
      const type = props.type === "password" && isShown.value ? "text" : props.type;
      return h("input", { ...common, type, onInput: change });
    }

    const reveal = () =>
      h("button", {
        type: "button",
        class: "reveal",
        "aria-label": isShown.value ? `Hide ${props.label}` : `Show ${props.label}`,
        "aria-pressed": isShown.value,
        onClick: () => (isShown.value = !isShown.value),
      }, [icon(isShown.value ? "eye-off" : "eye")]);

    return () =>
      h("div", { class: ["field", { wrong: props.error, wide: props.type === "textarea" }] }, [
        h("label", { for: id }, props.label),
        h("div", { class: ["input-row", { revealing: props.type === "password" }] }, [
          input(),
          props.type === "password" ? reveal() : null,
          props.unit ? h("span", { class: "unit" }, props.unit) : null,
          slots.after?.(),
        ]),
        props.hint ? h("p", { id: `${id}-hint`, class: "hint" }, props.hint) : null,
        props.error
          ? h("p", { id: `${id}-error`, class: "error" }, [icon("circle-alert"), sentence(props.label, props.error)])
          : null,
      ]);
  },
});

/**
 * The server's errors go on from the field's name: "must be at least 8 characters long".
 * @param {string} label
 * @param {string} error
 */
const sentence = (label, error) => /^\p{Lowercase}/u.test(error) ? `${label} ${error}` : error;
