// The open alerts, worst first; calm when there is none.
/** @import {Alert} from "../types/api.d.ts" */
import { computed, defineComponent, h, shallowRef } from "../vendor/vue.js";
import { isAdmin } from "../api/session.js";
import { alerts as endpoint } from "../api/endpoints.js";
import { counted, dateTime } from "../format.js";
import { standings } from "../level.js";
import { takeAlerts } from "../live/feed.js";
import { isDismissed, live, urgentAlerts } from "../live/store.js";
import { link } from "../router.js";
import { standingBadge } from "./badge.js";
import { Dialog } from "./dialog.js";
import { icon } from "./icon.js";
import { empty } from "./placeholders.js";
import { TimeAgo } from "./time-ago.js";
import { toast, toastError } from "./toast.js";

const spans = [[1, "1 hour"], [4, "4 hours"], [24, "1 day"], [168, "7 days"], [720, "30 days"]];

export const AlertList = defineComponent({
  name: "AlertList",
  props: {
    /** How many are shown before "n more". */
    most: { type: Number, default: Infinity },
    /** Whether the dismissed are shown too. */
    showsDismissed: { type: Boolean, default: false },
  },
  setup(props) {
    const dismissing = shallowRef(/** @type {Alert | null} */ (null));
    const shown = computed(() => props.showsDismissed ? live.alerts : urgentAlerts.value);
    return () => {
      if (!shown.value) return null;
      const rest = shown.value.length - props.most;
      return h("section", { class: "alerts", "aria-labelledby": "alerts-title" }, [
        h("h2", { id: "alerts-title", class: "visually-hidden" }, "Open alerts"),
        shown.value.length === 0 ? calm(props.showsDismissed) : h(
          "ul",
          { class: "alert-list" },
          [
            ...shown.value.slice(0, props.most).map((alert) => item(alert, () => (dismissing.value = alert))),
            rest > 0
              ? h("li", { key: "rest" }, [link("/alerts", { class: "more" }, counted(rest, "more alert"))])
              : null,
          ],
        ),
        dismissing.value
          ? h(DismissDialog, { alert: dismissing.value, onClose: () => (dismissing.value = null) })
          : null,
      ]);
    };
  },
});

/** @param {boolean} isWholePage */
const calm = (isWholePage) =>
  isWholePage
    ? empty("circle-check", "All quiet", "No alert is open. Those that are over are under Resolved.")
    : h("p", { class: "all-quiet" }, [icon("circle-check"), "All quiet: no open alerts."]);

/**
 * @param {Alert} alert
 * @param {() => void} dismiss
 */
function item(alert, dismiss) {
  return h("li", { key: alert.id, class: ["alert", { dismissed: isDismissed(alert) }] }, [
    standingBadge(alert.level),
    link(`/partners/${alert.partnerId}`, { class: "row-name" }, alert.partnerName),
    h("span", { class: "alert-message" }, alert.message),
    h("span", { class: "alert-since quiet" }, [h(TimeAgo, { time: alert.openedAt })]),
    isDismissed(alert)
      ? h(
        "span",
        { class: "quiet alert-until" },
        `hidden until ${dateTime(alert.dismissedUntil)}${alert.dismissedBy ? ` by ${alert.dismissedBy}` : ""}`,
      )
      : null,
    isAdmin.value && !isDismissed(alert)
      ? h("button", {
        type: "button",
        class: "icon-button",
        title: "Dismiss for a while",
        "aria-label": `Dismiss the alert of ${alert.partnerName}`,
        onClick: dismiss,
      }, [icon("bell-off")])
      : null,
  ]);
}

const DismissDialog = defineComponent({
  name: "DismissDialog",
  /** @type {any} */
  props: { alert: { type: Object, required: true } },
  emits: ["close"],
  setup(props, { emit }) {
    /** @param {number} hours @param {string} words @param {() => void} close */
    async function dismiss(hours, words, close) {
      close();
      try {
        await endpoint.dismiss(props.alert.id, hours);
        toast(`The alert of ${props.alert.partnerName} is hidden for ${words}, or until it gets worse`);
      } catch (error) {
        toastError("The alert was not dismissed", error);
      }
      takeAlerts();
    }
    return () =>
      h(Dialog, { title: "Dismiss for how long?", kind: "small", onClose: () => emit("close") }, ({ close }) => [
        h(
          "p",
          { class: "quiet" },
          `${props.alert.partnerName}: ${
            props.alert.message ?? standings[/** @type {Alert} */ (props.alert).level].label
          }. It comes back at once if it gets worse.`,
        ),
        h(
          "div",
          { class: "choices" },
          spans.map(([hours, words]) =>
            h("button", {
              key: hours,
              type: "button",
              class: "button",
              onClick: () => dismiss(Number(hours), String(words), close),
            }, words)
          ),
        ),
      ]);
  },
});
