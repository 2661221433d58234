// All open alerts, and those that are over.
/** @import {Alert} from "../types/api.d.ts" */
import { defineComponent, h, watch } from "../vendor/vue.js";
import { alerts } from "../api/endpoints.js";
import { AlertList } from "../components/alert-list.js";
import { standingBadge } from "../components/badge.js";
import { DataTable } from "../components/data-table.js";
import { useLoad } from "../components/load.js";
import { empty, failure, skeleton } from "../components/placeholders.js";
import { dateTime, none, span } from "../format.js";
import { takeAlerts } from "../live/feed.js";
import { live } from "../live/store.js";
import { link, route, setQuery } from "../router.js";

const most = 500;

export default defineComponent({
  name: "AlertsPage",
  setup() {
    const resolved = useLoad((signal) => alerts.list(true, most, signal));
    const isPast = () => route.query.show === "resolved";
    watch(isPast, (past) => past ? resolved.load() : takeAlerts(), { immediate: true });

    const tab = (/** @type {string | null} */ show, /** @type {string} */ label) =>
      h("button", {
        type: "button",
        class: "segment",
        "aria-pressed": isPast() === Boolean(show) ? "true" : "false",
        onClick: () => setQuery({ show }),
      }, label);

    return () => [
      h("div", { class: "page-head" }, [
        h("h1", "Alerts"),
        h("div", { class: "segments", role: "group", "aria-label": "Which alerts" }, [
          tab(null, "Open"),
          tab("resolved", "Resolved"),
        ]),
      ]),
      isPast() ? past(resolved) : live.alerts ? h(AlertList, { showsDismissed: true }) : skeleton(5),
      h(
        "p",
        { class: "quiet" },
        "What raises an alert is set under Settings, Alerts. A dismissed alert comes back at once if it gets worse.",
      ),
    ];
  },
});

/** @param {{value: Alert[] | null, error: unknown, load: () => void}} resolved */
function past({ value, error, load }) {
  if (error) return failure(error, load);
  if (!value) return skeleton(5);
  const over = value.filter(({ resolvedAt }) => resolvedAt);
  if (over.length === 0) {
    return empty("bell", "None yet", "Alerts that are over are listed here, as long as data is kept.");
  }
  return h("div", { class: "table-frame" }, [
    h(DataTable, {
      caption: "Resolved alerts",
      columns,
      rows: over,
      rowKey: (/** @type {Alert} */ { id }) => id,
      cardHeight: 190,
    }),
  ]);
}

const time = (/** @type {string | null} */ value) => h("time", { datetime: value, class: "number" }, dateTime(value));

const columns = [
  { key: "level", label: "Level", cell: (/** @type {Alert} */ { level }) => standingBadge(level) },
  {
    key: "partner",
    label: "Partner",
    isHead: true,
    cell: (/** @type {Alert} */ { partnerId, partnerName }) =>
      link(`/partners/${partnerId}`, { class: "row-name" }, partnerName),
  },
  {
    key: "message",
    label: "Message",
    cell: (/** @type {Alert} */ { message }) =>
      h("span", { class: "clip", title: message ?? undefined }, message ?? none),
  },
  { key: "opened", label: "Opened", from: "small", cell: (/** @type {Alert} */ { openedAt }) => time(openedAt) },
  { key: "resolved", label: "Resolved", cell: (/** @type {Alert} */ { resolvedAt }) => time(resolvedAt) },
  { key: "lasted", label: "Lasted", right: true, cell: lasted },
];

/** @param {Alert} alert */
function lasted({ openedAt, resolvedAt }) {
  const seconds = (Date.parse(resolvedAt ?? "") - Date.parse(openedAt)) / 1_000;
  return h("span", { class: "number" }, span(Math.max(0, Math.round(seconds))));
}
