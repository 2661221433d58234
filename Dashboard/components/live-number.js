// A number that is tinted for a moment when it changes.
import { defineComponent, h, shallowRef, watch } from "../vendor/vue.js";
import { number } from "../format.js";

export const LiveNumber = defineComponent({
  name: "LiveNumber",
  props: { value: { type: Number, default: null }, format: { type: Function, default: number } },
  setup(props) {
    // Two names for one animation: changing the name starts it anew.
    const turns = shallowRef(0);
    watch(() => props.format(props.value), () => turns.value++);
    const tint = () => turns.value === 0 ? null : turns.value % 2 ? "tint-a" : "tint-b";
    return () => h("span", { class: ["number", tint()] }, props.format(props.value));
  },
});
