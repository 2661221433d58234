// Which partners the overview's table shows. The filter is in the address.
/** @import {Entry} from "../types/api.d.ts" */
import { h } from "../vendor/vue.js";
import { icon } from "../components/icon.js";
import { standingOf, standings } from "../level.js";

/** @type {Record<string, {label: string, holds: (entry: Entry) => boolean}>} */
const shows = {
  active: { label: "Active", holds: ({ partner }) => partner.isActive },
  inactive: { label: "Inactive", holds: ({ partner }) => !partner.isActive },
  paused: { label: "Non-priority paused", holds: ({ partner }) => partner.pauseNonPriorityCampaigns },
  failed: { label: "Last sync failed", holds: ({ partner }) => partner.lastSyncStatus === "FAILED" },
  never: { label: "Never synced", holds: ({ partner }) => partner.lastSyncStatus === "NEVER_SYNCED" },
};

/**
 * @param {Entry} entry
 * @param {Record<string, string>} query
 */
export function matches(entry, { q = "", level, show }) {
  if (level && standingOf(entry) !== level) return false;
  if (show && Object.hasOwn(shows, show) && !shows[show].holds(entry)) return false;
  if (!q) return true;
  const text = `${entry.partner.partnerName} ${entry.partner.tenantId}`.toLowerCase();
  return q.toLowerCase().split(/\s+/).every((word) => text.includes(word));
}

/**
 * @param {Entry[]} list
 * @param {Record<string, string>} query
 * @param {(changes: Record<string, string | null>) => void} change
 */
export function filterBar(list, query, change) {
  return h("div", { class: "filters", role: "search", "aria-label": "Filter partners" }, [
    h("div", { class: "search-box" }, [
      icon("search"),
      h("input", {
        type: "search",
        class: "input",
        "aria-label": "Search partners by name or tenant",
        placeholder: "Search name or tenant",
        value: query.q ?? "",
        onInput: (/** @type {any} */ event) => change({ q: event.target.value }),
      }),
    ]),
    h("select", {
      class: "input",
      "aria-label": "Show partners by state",
      value: query.show ?? "",
      onChange: (/** @type {any} */ event) => change({ show: event.target.value }),
    }, [
      h("option", { value: "" }, "All states"),
      ...Object.entries(shows).map(([key, { label }]) => h("option", { key, value: key }, label)),
    ]),
    levelChips(list, query.level, (level) => change({ level })),
  ]);
}

/**
 * How many stand how, each a filter.
 * @param {Entry[]} list
 * @param {string | undefined} chosen
 * @param {(level: string | null) => void} choose
 */
function levelChips(list, chosen, choose) {
  /** @type {Record<string, number>} */
  const counts = {};
  for (const entry of list) counts[standingOf(entry)] = (counts[standingOf(entry)] ?? 0) + 1;
  const names = Object.entries(standings).filter(([name]) => counts[name] || name === chosen);
  return h("div", { class: "chips", role: "group", "aria-label": "Filter by level" }, [
    chip("All", list.length, !chosen, null, () => choose(null)),
    ...names.map(([name, { label, tone, icon: iconName }]) =>
      chip(label, counts[name] ?? 0, chosen === name, { tone, iconName }, () => choose(chosen === name ? null : name))
    ),
  ]);
}

/**
 * @param {string} label
 * @param {number} count
 * @param {boolean} isChosen
 * @param {{tone: string, iconName: string} | null} look
 * @param {() => void} onClick
 */
const chip = (label, count, isChosen, look, onClick) =>
  h("button", {
    key: label,
    type: "button",
    class: ["chip", look?.tone],
    "aria-pressed": isChosen ? "true" : "false",
    onClick,
  }, [
    look ? icon(look.iconName) : null,
    label,
    h("span", { class: "number" }, String(count)),
  ]);
