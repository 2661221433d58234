// Explains the demo to whoever sees it first, and stays closed once it was closed.
import { defineComponent, h, shallowRef } from "../vendor/vue.js";
import { isAdmin } from "../api/session.js";
import { icon } from "./icon.js";

const key = "jobtalk.demo-banner";

export const DemoBanner = defineComponent({
  name: "DemoBanner",
  setup() {
    const isOpen = shallowRef(sessionStorage.getItem(key) !== "closed");
    function close() {
      sessionStorage.setItem(key, "closed");
      isOpen.value = false;
    }
    return () =>
      isOpen.value
        ? h("aside", { class: "demo-banner", "aria-label": "About this demo" }, [
          icon("flask-conical"),
          h("p", [
            h("strong", "This is a demo. "),
            "The partners are pretend; their numbers move as real ones would. ",
            isAdmin.value
              ? "Try it: change a limit, pause a partner, or open a failing one to see why."
              : "Open a partner to see its charts.",
          ]),
          h("button", { type: "button", class: "quiet-button", "aria-label": "Close this note", onClick: close }, [
            icon("x"),
          ]),
        ])
        : null;
  },
});
