// Says how fresh the page is: live, polling, or offline since when.
import { defineComponent, h } from "../vendor/vue.js";
import { now } from "../clock.js";
import { span } from "../format.js";
import { live } from "../live/store.js";
import { icon } from "./icon.js";

const looks = {
  connecting: { icon: "circle-dashed", tone: "idle", word: "Connecting…", why: "Connecting to the server" },
  live: { icon: "radio", tone: "good", word: "Live", why: "Changes arrive as they happen" },
  polling: {
    icon: "refresh-cw",
    tone: "medium",
    word: "Polling",
    why: "No event stream at the moment: asked every 10 s",
  },
  offline: {
    icon: "wifi-off",
    tone: "critical",
    word: "Offline",
    why: "The server cannot be reached. What you see is as of then",
  },
};

export const ConnectionState = defineComponent({
  name: "ConnectionState",
  setup: () => () => {
    const { icon: name, tone, word, why } = looks[live.mode];
    const since = live.mode === "offline"
      ? ` for ${span(Math.max(0, Math.round((now.value - live.since) / 1_000)))}`
      : "";
    return h("div", { class: ["connection", tone], title: why, role: "status", "aria-label": `Connection: ${word}` }, [
      icon(name),
      h("span", { "aria-hidden": "true" }, word + since),
    ]);
  },
});
