// Who changed limit and pause, when and why, and whether it reached the partner.
/** @import {Change} from "../types/api.d.ts" */
import { h } from "../vendor/vue.js";
import { badge } from "../components/badge.js";
import { DataTable } from "../components/data-table.js";
import { empty, failure, skeleton } from "../components/placeholders.js";
import { TimeAgo } from "../components/time-ago.js";
import { dateTime, none, number } from "../format.js";

/** "Limit 10 → 20" @param {Change} change */
export function changeText({ field, oldValue, newValue }) {
  if (field === "pauseNonPriorityCampaigns") return newValue ? "Non-priority paused" : "Non-priority resumed";
  return oldValue === null ? `Limit ${newValue}` : `Limit ${number(Number(oldValue))} → ${number(Number(newValue))}`;
}

const columns = [
  {
    key: "when",
    label: "When",
    cell: (/** @type {Change} */ { changedAt, changedBy }) =>
      h("div", [
        h("time", { datetime: changedAt, class: "number" }, dateTime(changedAt)),
        h("span", { class: "row-sub" }, `by ${changedBy === "partner" ? "the partner itself" : changedBy}`),
      ]),
  },
  {
    key: "what",
    label: "Change",
    isHead: true,
    cell: (/** @type {Change} */ change) => h("strong", changeText(change)),
  },
  {
    key: "why",
    label: "Reason",
    cell: (/** @type {Change} */ { reason }) =>
      h("span", { class: "clip", title: reason ?? undefined }, reason || none),
  },
  { key: "arrived", label: "At the partner", cell: arrival },
];

/** @param {Change} change */
function arrival({ syncedToPartner, syncedAt, syncError }) {
  if (syncedToPartner) {
    return h("span", { class: "pair", title: dateTime(syncedAt) }, [
      badge("Arrived", "good", "circle-check"),
      syncedAt ? h(TimeAgo, { time: syncedAt }) : null,
    ]);
  }
  if (!syncError) return badge("Pending", "medium", "clock-alert");
  return h("span", { class: "pair", title: syncError }, [
    badge("Pending", "medium", "clock-alert"),
    h("span", { class: "clip quiet" }, syncError),
  ]);
}

/** @param {{value: Change[] | null, error: unknown, load: () => void}} changes */
export function partnerHistory(changes) {
  return h("section", { class: "stack", "aria-labelledby": "history-title" }, [
    h("div", { class: "section-head" }, [h("h2", { id: "history-title" }, "Limit and pause")]),
    content(changes),
  ]);
}

/** @param {{value: Change[] | null, error: unknown, load: () => void}} changes */
function content({ value, error, load }) {
  if (error) return failure(error, load);
  if (!value) return skeleton(3);
  if (value.length === 0) {
    return empty("history", "Nothing was changed yet", "Changes of limit and pause are kept here, with their reasons.");
  }
  return h("div", { class: "table-frame" }, [
    h(DataTable, {
      caption: "Changes of limit and pause",
      columns,
      rows: value,
      rowKey: (/** @type {Change} */ { id }) => id,
      cardHeight: 176,
    }),
  ]);
}
