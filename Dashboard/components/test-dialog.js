// Runs a test of a connection and shows each stage when it is known.
import { defineComponent, h, onBeforeUnmount, shallowRef } from "../vendor/vue.js";
import { duration } from "../format.js";
import { Dialog } from "./dialog.js";
import { useLoad } from "./load.js";
import { failure } from "./placeholders.js";
import { testReport } from "./test-report.js";

export const TestDialog = defineComponent({
  name: "TestDialog",
  props: { title: { type: String, required: true }, run: { type: Function, required: true } },
  emits: ["close"],
  setup(props, { emit }) {
    const report = useLoad((signal) => props.run(signal));
    const elapsed = shallowRef(0);
    let started = 0;
    function start() {
      started = performance.now();
      elapsed.value = 0;
      report.load();
    }
    const timer = setInterval(() => report.isLoading && (elapsed.value = performance.now() - started), 100);
    onBeforeUnmount(() => clearInterval(timer));
    start();

    return () =>
      h(Dialog, { title: props.title, onClose: () => emit("close") }, ({ close }) => [
        report.isLoading
          ? h("p", { class: "testing", role: "status" }, [
            "Testing…",
            h("span", { class: "number quiet", "aria-hidden": "true" }, duration(elapsed.value)),
          ])
          : report.error
          ? failure(report.error)
          : report.value
          ? testReport(report.value)
          : null,
        h("div", { class: "buttons" }, [
          h("button", { type: "button", class: "button", disabled: report.isLoading, onClick: start }, "Test again"),
          h("button", { type: "button", class: "button primary", onClick: close }, "Close"),
        ]),
      ]);
  },
});
