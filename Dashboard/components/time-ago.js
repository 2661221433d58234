// "42 s ago", growing older by itself; the exact time, with its zone, on hover and for who cannot hover.
import { defineComponent, h } from "../vendor/vue.js";
import { now } from "../clock.js";
import { dateTime, relative } from "../format.js";

export const TimeAgo = defineComponent({
  name: "TimeAgo",
  props: { time: { type: [String, Number], default: null } },
  setup(props) {
    return () =>
      props.time
        ? h(
          "time",
          { datetime: new Date(props.time).toISOString(), title: dateTime(props.time) },
          relative(props.time, now.value),
        )
        : h("span", { class: "quiet" }, "never");
  },
});
