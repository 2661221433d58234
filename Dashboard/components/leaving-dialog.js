// Asks before typed input is lost.
import { defineComponent, h } from "../vendor/vue.js";
import { heldBack } from "../leaving.js";
import { Confirm } from "./confirm.js";

export const LeavingDialog = defineComponent({
  name: "LeavingDialog",
  setup: () => () => {
    const held = heldBack.value;
    return held
      ? h(Confirm, {
        key: held.wish,
        title: "Discard changes?",
        action: "Discard changes",
        cancel: "Keep editing",
        onConfirm: held.go,
        onClose: () => (heldBack.value = null),
      }, () => [h("p", "What you typed is not saved.")])
      : null;
  },
});
