// A modal dialog on `<dialog>`: the browser traps the focus, closes on Escape and gives the focus back.
import { defineComponent, h, onBeforeUnmount, onMounted, shallowRef, useId } from "../vendor/vue.js";
import { guardLeaving, leave } from "../leaving.js";

/** Mount it to open it; it emits `close` when the user wants it gone. */
export const Dialog = defineComponent({
  name: "Dialog",
  props: {
    title: { type: String, required: true },
    /** Where to stand, instead of the middle. @type {any} */
    anchor: { type: Object, default: null },
    kind: { type: String, default: "" },
    /** Says whether something typed would be lost: then Escape and a click beside it ask first. @type {any} */
    isChanged: { type: Function, default: null },
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
    const { isChanged } = props;
    if (isChanged) guardLeaving(isChanged);
    const close = () => element.value?.close();
    const wish = () => leave(close, isChanged ? [isChanged] : []);
    /** @param {Event} event */
    function cancel(event) {
      if (!isChanged?.()) return;
      event.preventDefault();
      wish();
    }
    // Whoever takes it away without closing it: the focus goes back all the same.
    onBeforeUnmount(close);
    function closed() {
      emit("close");
      // The browser gives the focus back, unless what opened the dialog is gone, or has the focus of something new.
      if (document.activeElement && document.activeElement !== document.body) return;
      const target = opener?.isConnected ? opener : document.getElementById("main");
      if (target instanceof HTMLElement) target.focus();
    }
    return () =>
      h("dialog", {
        ref: element,
        class: ["dialog", props.kind, { anchored: props.anchor }],
        "aria-labelledby": titleId,
        onCancel: cancel,
        onClose: closed,
        onMousedown: (/** @type {MouseEvent} */ event) => event.target === element.value && wish(),
      }, [
        h("div", { class: "dialog-body" }, [
          h("h2", { id: titleId, class: props.kind === "palette" ? "visually-hidden" : null }, props.title),
          slots.default?.({ close }),
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
