// A secret is never shown: it is stored, or it is being replaced.
import { defineComponent, h, shallowRef } from "../vendor/vue.js";
import { Field } from "./field.js";
import { icon } from "./icon.js";
import { KeyField } from "./key-field.js";

export const SecretField = defineComponent({
  name: "SecretField",
  inheritAttrs: false,
  props: {
    label: { type: String, required: true },
    modelValue: { type: String, default: "" },
    isStored: { type: Boolean, default: false },
    /** Many lines that may come from a file, instead of one. */
    isKey: { type: Boolean, default: false },
    error: { type: String, default: null },
  },
  emits: ["update:modelValue"],
  setup(props, { emit, attrs }) {
    const isReplacing = shallowRef(false);
    const put = (/** @type {string} */ value) => emit("update:modelValue", value);
    function keep() {
      isReplacing.value = false;
      put("");
    }
    return () => {
      if (props.isStored && !isReplacing.value) {
        return h("div", { class: "field" }, [
          h("span", { class: "fieldset-title" }, props.label),
          h("div", { class: "stored" }, [
            icon("shield-check"),
            h("span", "Stored"),
            h("button", {
              type: "button",
              class: "button",
              "aria-label": `Replace ${props.label}`,
              onClick: () => (isReplacing.value = true),
            }, "Replace"),
          ]),
        ]);
      }
      const after = props.isStored
        ? () =>
          h("button", {
            type: "button",
            class: "button",
            "aria-label": `Keep the stored ${props.label}`,
            onClick: keep,
          }, "Keep stored")
        : undefined;
      const common = {
        ...attrs,
        label: props.label,
        modelValue: props.modelValue,
        error: props.error,
        "onUpdate:modelValue": put,
      };
      return props.isKey
        ? h(KeyField, common, { after })
        : h(Field, { ...common, type: "password", autocomplete: "new-password" }, { after });
    };
  },
});
