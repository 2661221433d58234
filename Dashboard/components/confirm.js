// Asks before something is destroyed.
import { defineComponent, h, shallowRef } from "../vendor/vue.js";
import { Dialog } from "./dialog.js";
import { Field } from "./field.js";

/** Closes, and emits `confirm` when the user means it; `close` either way. */
export const Confirm = defineComponent({
  name: "Confirm",
  props: {
    title: { type: String, required: true },
    action: { type: String, required: true },
    cancel: { type: String, default: "Cancel" },
    /** A name that must be typed before the button works. */
    typed: { type: String, default: null },
    danger: { type: Boolean, default: true },
  },
  emits: ["confirm", "close"],
  setup(props, { emit, slots }) {
    const text = shallowRef("");
    const isSure = () => !props.typed || text.value.trim() === props.typed;
    return () =>
      h(Dialog, { title: props.title, onClose: () => emit("close") }, ({ close }) =>
        h("form", {
          class: "stack",
          onSubmit: (/** @type {Event} */ event) => {
            event.preventDefault();
            if (!isSure()) return;
            // First the focus goes back: what was confirmed may lead it elsewhere.
            close();
            emit("confirm");
          },
        }, [
          h("div", { class: "prose" }, slots.default?.()),
          props.typed
            ? h(Field, {
              label: `Type “${props.typed}” to go on`,
              modelValue: text.value,
              autocomplete: "off",
              "onUpdate:modelValue": (/** @type {string} */ value) => (text.value = value),
            })
            : null,
          h("div", { class: "buttons" }, [
            h("button", { type: "button", class: "button", onClick: close }, props.cancel),
            h(
              "button",
              { type: "submit", class: ["button", props.danger ? "danger" : "primary"], disabled: !isSure() },
              props.action,
            ),
          ]),
        ]));
  },
});
