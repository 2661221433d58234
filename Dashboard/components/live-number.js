// A number that is tinted for a moment when it changes. No animation: that would cost style and paint at every frame.
import { defineComponent, h, onBeforeUnmount, shallowRef, watch } from "../vendor/vue.js";
import { number } from "../format.js";

const moment = 1_500;

/**
 * @param {string} text
 * @param {boolean} isTinted
 */
export const liveNumber = (text, isTinted) => h("span", { class: isTinted ? "number tinted" : "number" }, text);

/**
 * True for a moment after each change of what is watched.
 * @param {() => unknown} source
 */
export function useMoment(source) {
  const isNow = shallowRef(false);
  let timer = 0;
  watch(source, () => {
    isNow.value = true;
    clearTimeout(timer);
    timer = setTimeout(() => (isNow.value = false), moment);
  });
  onBeforeUnmount(() => clearTimeout(timer));
  return isNow;
}

export const LiveNumber = defineComponent({
  name: "LiveNumber",
  props: { value: { type: Number, default: null }, format: { type: Function, default: number } },
  setup(props) {
    const text = () => props.format(props.value);
    const isNew = useMoment(text);
    return () => liveNumber(text(), isNew.value);
  },
});
