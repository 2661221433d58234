// Says on every page that what it shows grows old.
import { defineComponent, h } from "../vendor/vue.js";
import { timeOfDay } from "../format.js";
import { live } from "../live/store.js";
import { icon } from "./icon.js";

export const OfflineBanner = defineComponent({
  name: "OfflineBanner",
  setup: () => () =>
    h("div", { class: "offline-banner", role: "alert" }, [
      icon("wifi-off"),
      h("p", [
        h("strong", "The server cannot be reached. "),
        `What you see is as of ${timeOfDay(live.since)}; the page goes on by itself as soon as the server answers.`,
      ]),
    ]),
});
