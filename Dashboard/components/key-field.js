// A private key: pasted, dropped as a file, or chosen as one.
import { defineComponent, h, shallowRef } from "../vendor/vue.js";
import { Field } from "./field.js";

// No key is longer; a wrong file is not read into the page.
const longest = 64 * 1024;

export const KeyField = defineComponent({
  name: "KeyField",
  inheritAttrs: false,
  props: {
    label: { type: String, required: true },
    modelValue: { type: String, default: "" },
    error: { type: String, default: null },
    hint: { type: String, default: "Paste it, or drop its file here." },
  },
  emits: ["update:modelValue"],
  setup(props, { emit, attrs, slots }) {
    const picker = shallowRef(/** @type {HTMLInputElement | null} */ (null));
    const isOver = shallowRef(false);
    const problem = shallowRef(/** @type {string | null} */ (null));

    /** @param {File | undefined} file */
    async function take(file) {
      if (!file) return;
      problem.value = file.size > longest ? "This file is too long to be a key" : null;
      if (problem.value) return;
      try {
        emit("update:modelValue", await file.text());
      } catch {
        problem.value = "This file could not be read";
      }
    }
    function choose(/** @type {any} */ { target }) {
      take(target.files[0]);
      // The same file may be chosen again, after a change.
      target.value = "";
    }
    /** @param {DragEvent} event */
    function drop(event) {
      event.preventDefault();
      isOver.value = false;
      take(event.dataTransfer?.files[0]);
    }
    function over(/** @type {DragEvent} */ event) {
      event.preventDefault();
      isOver.value = true;
    }

    return () =>
      h("div", {
        class: ["drop", { over: isOver.value }],
        onDragover: over,
        onDragleave: () => (isOver.value = false),
        onDrop: drop,
      }, [
        h(Field, {
          ...attrs,
          label: props.label,
          type: "textarea",
          spellcheck: "false",
          autocomplete: "off",
          hint: props.hint,
          modelValue: props.modelValue,
          error: problem.value ?? props.error,
          "onUpdate:modelValue": (/** @type {string} */ value) => emit("update:modelValue", value),
        }),
        h("div", { class: "buttons" }, [
          h("button", { type: "button", class: "button", onClick: () => picker.value?.click() }, "Choose a file"),
          slots.after?.(),
        ]),
        h("input", {
          ref: picker,
          type: "file",
          hidden: true,
          onChange: choose,
        }),
      ]);
  },
});
