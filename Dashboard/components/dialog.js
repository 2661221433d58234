// A modal dialog on `<dialog>`: the browser traps the focus, closes on Escape and gives the focus back.
import { defineComponent, h, onMounted, shallowRef, useId } from "../vendor/vue.js";

/** Mount it to open it; it emits `close` when the user wants it gone. */
export const Dialog = defineComponent({
  name: "Dialog",
  props: {
    title: { type: String, required: true },
    /** Where to stand, instead of the middle. @type {any} */
    anchor: { type: Object, default: null },
    kind: { type: String, default: "" },
  },
  emits: ["close"],
  setup(props, { emit, slots }) {
    const element = shallowRef(/** @type {HTMLDialogElement | null} */ (null));
    const titleId = useId();
    const opener = document.activeElement;
    onMounted(() => {
      const dialog = /** @type {HTMLDialogElement} */ (element.value);
      dialog.showModal();
      if (props.anchor) placeBeside(dialog, props.anchor);
    });
    function closed() {
      emit("close");
      if (opener instanceof HTMLElement && opener.isConnected) opener.focus();
    }
    return () =>
      h("dialog", {
        ref: element,
        class: ["dialog", props.kind, { anchored: props.anchor }],
        "aria-labelledby": titleId,
        onClose: closed,
        onMousedown: (/** @type {MouseEvent} */ event) => event.target === element.value && element.value?.close(),
      }, [
        h("div", { class: "dialog-body" }, [
          h("h2", { id: titleId, class: props.kind === "palette" ? "visually-hidden" : null }, props.title),
          slots.default?.({ close: () => element.value?.close() }),
        ]),
      ]);
  },
});

/**
 * @param {HTMLElement} dialog
 * @param {HTMLElement} anchor
 */
function placeBeside(dialog, anchor) {
  if (innerWidth < 720) return;
  const beside = anchor.getBoundingClientRect();
  const { width, height } = dialog.getBoundingClientRect();
  const top = beside.bottom + 6 + height < innerHeight ? beside.bottom + 6 : Math.max(8, beside.top - height - 6);
  dialog.style.margin = "0";
  dialog.style.top = `${top}px`;
  dialog.style.left = `${Math.max(8, Math.min(beside.left, innerWidth - width - 8))}px`;
}
