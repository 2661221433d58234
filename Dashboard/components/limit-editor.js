// Changes a partner's limit where it stands, with the reason that its history will show.
import { computed, defineComponent, h, onMounted, shallowRef } from "../vendor/vue.js";
import { changeLimit, limits } from "../live/edits.js";
import { Dialog } from "./dialog.js";
import { Field } from "./field.js";

export const LimitEditor = defineComponent({
  name: "LimitEditor",
  props: {
    /** @type {any} */
    partner: { type: Object, required: true },
    /** @type {any} */
    anchor: { type: Object, default: null },
  },
  emits: ["close"],
  setup(props, { emit }) {
    const text = shallowRef(String(props.partner.concurrencyLimit));
    const reason = shallowRef("");
    const wanted = computed(() => /^\d+$/.test(text.value) ? Number(text.value) : NaN);
    const error = computed(() =>
      wanted.value >= limits.least && wanted.value <= limits.most
        ? null
        : `must be a whole number from ${limits.least} to ${limits.most}`
    );
    const form = shallowRef(/** @type {HTMLFormElement | null} */ (null));
    onMounted(() => {
      const input = form.value?.querySelector("input");
      input?.focus();
      input?.select();
    });

    /** @param {() => void} close */
    function save(close) {
      if (error.value) return;
      if (wanted.value !== props.partner.concurrencyLimit) {
        changeLimit(props.partner, wanted.value, reason.value.trim());
      }
      close();
    }

    return () =>
      h(
        Dialog,
        {
          title: `Limit of ${props.partner.partnerName}`,
          anchor: props.anchor,
          kind: "small",
          isChanged: () => reason.value.trim() !== "",
          onClose: () => emit("close"),
        },
        ({ close }) =>
          h("form", {
            ref: form,
            class: "stack",
            novalidate: true,
            onSubmit: (/** @type {Event} */ event) => (event.preventDefault(), save(close)),
          }, [
            h(Field, {
              label: "Calls at the same time",
              type: "number",
              min: limits.least,
              max: limits.most,
              inputmode: "numeric",
              modelValue: text.value,
              error: error.value,
              "onUpdate:modelValue": (/** @type {string} */ value) => (text.value = value),
            }),
            h(Field, {
              label: "Reason (optional)",
              maxlength: 500,
              placeholder: "Shown in the history",
              modelValue: reason.value,
              "onUpdate:modelValue": (/** @type {string} */ value) => (reason.value = value),
            }),
            h("div", { class: "buttons" }, [
              h("button", { type: "button", class: "button", onClick: close }, "Cancel"),
              h("button", { type: "submit", class: "button primary", disabled: Boolean(error.value) }, "Change limit"),
            ]),
          ]),
      );
  },
});
