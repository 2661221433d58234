// Explains the demo to whoever sees it first, and stays closed once it was closed.
import { defineComponent, h, shallowRef } from "../vendor/vue.js";
import { isAdmin } from "../api/session.js";
import { urgentAlerts } from "../live/store.js";
import { link } from "../router.js";
import { ofTab } from "../storage.js";
import { icon } from "./icon.js";

const key = "jobtalk.demo-banner";

export const DemoBanner = defineComponent({
  name: "DemoBanner",
  setup() {
    const isOpen = shallowRef(ofTab.get(key) !== "closed");
    function close() {
      ofTab.set(key, "closed");
      isOpen.value = false;
    }
    return () =>
      isOpen.value
        ? h("aside", { class: "page-banner", "aria-label": "About this demo" }, [
          icon("flask-conical"),
          h("p", [
            h("strong", "This is a demo. "),
            "The partners are pretend; their numbers move as real ones would. Try it: ",
            ...lookInto(urgentAlerts.value?.[0]),
            isAdmin.value ? "click a limit in the overview to change it, or pause a partner there; read " : "read ",
            link("/help", {}, "what the marks and the numbers mean"),
            ".",
          ]),
          h("button", { type: "button", class: "quiet-button", "aria-label": "Close this note", onClick: close }, [
            icon("x"),
          ]),
        ])
        : null;
  },
});

/** @param {import("../types/api.d.ts").Alert | undefined} worst */
const lookInto = (worst) =>
  worst ? ["see why ", link(`/partners/${worst.partnerId}`, {}, worst.partnerName), " is in trouble; "] : [];
