// Offers the new version of the page to whom it cannot be given unasked.
import { defineComponent, h } from "../vendor/vue.js";
import { leave } from "../leaving.js";
import { icon } from "./icon.js";

export const UpgradeBanner = defineComponent({
  name: "UpgradeBanner",
  setup: () => () =>
    h("div", { class: "page-banner", role: "status" }, [
      icon("refresh-cw"),
      h("p", [h("strong", "A new version is there. "), "This page may not work until it is loaded anew."]),
      h("button", { type: "button", class: "button", onClick: () => leave(() => location.reload()) }, "Reload"),
    ]),
});
