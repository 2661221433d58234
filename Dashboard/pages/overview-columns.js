// The columns of the partners' table, in reading order.
/** @import {Entry, ListedPartner, Snapshot} from "../types/api.d.ts" */
/** @import {Column} from "../components/data-table.js" */
import { h } from "../vendor/vue.js";
import { adminOnly, isAdmin } from "../api/session.js";
import { standingBadge } from "../components/badge.js";
import { meter } from "../components/bars.js";
import { icon } from "../components/icon.js";
import { liveNumber } from "../components/live-number.js";
import { toggle } from "../components/switch.js";
import { TimeAgo } from "../components/time-ago.js";
import { none, number, percent } from "../format.js";
import { reasonOf, standingOf, standings, toneOf } from "../level.js";
import { changePause, syncPartner } from "../live/edits.js";
import { link } from "../router.js";

/**
 * @param {(partner: ListedPartner, anchor: EventTarget | null) => void} editLimit
 * @returns {Column[]}
 */
export const partnerColumns = (editLimit) => [
  { key: "name", label: "Partner", isHead: true, sort: ({ partner }) => partner.partnerName, cell: name },
  { key: "status", label: "Status", sort: severity, cell: status },
  { ...metric("campaignsToday", "Today", "Campaigns created today"), from: "wide" },
  { ...metric("runningCampaigns", "Running", "Campaigns running now"), from: "small" },
  metric("activeCalls", "Active", "Calls in progress"),
  metric("queuedCalls", "Queued", "Calls waiting"),
  {
    ...metric("completedCallsToday", "Completed", "Calls ended today (voicemail, ended by the customer)"),
    under: "voicemail · customer",
    cell: completed,
    from: "middle",
  },
  { ...metric("remainingCalls", "Remaining", "Contacts of running campaigns still to be called"), from: "middle" },
  {
    key: "utilization",
    label: "Utilization",
    right: true,
    sort: ({ snapshot }) => snapshot?.utilizationPercent ?? null,
    cell: utilization,
  },
  {
    key: "limit",
    label: "Limit",
    right: true,
    hint: "Calls at the same time",
    sort: ({ partner }) => partner.concurrencyLimit,
    cell: limit(editLimit),
  },
  {
    key: "pause",
    label: "Pause",
    hint: "Pause non-priority campaigns",
    sort: ({ partner }) => partner.pauseNonPriorityCampaigns,
    cell: pause,
  },
  {
    key: "sync",
    label: "Last sync",
    right: true,
    from: "small",
    sort: ({ partner }) => partner.lastSyncAt ? Date.parse(partner.lastSyncAt) : null,
    cell: lastSync,
  },
  { key: "actions", label: "Actions", from: "small", cell: actions },
];

/**
 * Worst first; of the same standing by name.
 * @param {Entry} entry
 */
const severity = (entry) => standings[standingOf(entry)].rank;

/** @param {Entry} entry */
const name = ({ partner }) => [
  link(`/partners/${partner.id}`, { class: "row-name" }, partner.partnerName),
  h("span", { class: "row-sub" }, partner.tenantId === 0 ? "All tenants" : `Tenant ${partner.tenantId}`),
];

/** @param {Entry} entry */
const status = (entry) =>
  h("span", { class: "status-cell", title: reasonOf(entry) ?? undefined }, [
    standingBadge(standingOf(entry)),
    reasonOf(entry) ? h("span", { class: "row-sub" }, reasonOf(entry)) : null,
  ]);

/**
 * @param {keyof Snapshot & string} key
 * @param {string} label
 * @param {string} hint
 * @returns {Column}
 */
const metric = (key, label, hint) => ({
  key,
  label,
  hint,
  right: true,
  sort: ({ snapshot }) => snapshot?.[key] ?? null,
  cell: (entry, before) => live(entry, before, key),
});

/**
 * @param {Entry} entry
 * @param {Entry | null} before
 * @param {keyof Snapshot & string} key
 * @param {(value: number | null) => string} [format]
 */
function live({ snapshot }, before, key, format = number) {
  const value = /** @type {number | null} */ (snapshot?.[key] ?? null);
  return liveNumber(format(value), Boolean(before?.snapshot) && before?.snapshot?.[key] !== value);
}

/** @param {Entry} entry @param {Entry | null} before */
const completed = (entry, before) => [
  live(entry, before, "completedCallsToday"),
  entry.snapshot
    ? h(
      "span",
      { class: "row-sub number", title: "Voicemail, ended by the customer" },
      `${number(entry.snapshot.voicemailCount)} · ${number(entry.snapshot.customerEndedCount)}`,
    )
    : null,
];

/** @param {Entry} entry @param {Entry | null} before */
function utilization(entry, before) {
  const { snapshot } = entry;
  if (!snapshot) return h("span", { class: "number quiet" }, none);
  return [
    live(entry, before, "utilizationPercent", percent),
    meter(snapshot.utilizationPercent, toneOf(snapshot)),
  ];
}

/** @param {(partner: ListedPartner, anchor: EventTarget | null) => void} edit */
const limit = (edit) => (/** @type {Entry} */ { partner }) =>
  isAdmin.value
    ? h("button", {
      type: "button",
      class: "edit-in-place",
      "aria-label": `Change the limit of ${partner.partnerName}, now ${partner.concurrencyLimit}`,
      onClick: (/** @type {Event} */ event) => edit(partner, event.currentTarget),
    }, [icon("pencil"), h("span", { class: "number" }, number(partner.concurrencyLimit))])
    : h("span", { class: "number" }, number(partner.concurrencyLimit));

/** @param {Entry} entry */
const pause = ({ partner }) =>
  toggle({
    label: `Pause non-priority campaigns of ${partner.partnerName}`,
    isOn: partner.pauseNonPriorityCampaigns,
    disabledBecause: isAdmin.value ? null : adminOnly,
    onChange: (isOn) => changePause(partner, isOn),
  });

/** @param {Entry} entry */
const lastSync = ({ partner, snapshot }) => [
  h(TimeAgo, { time: partner.lastSyncAt }),
  snapshot?.isStale ? h("span", { class: "row-sub" }, "numbers are stale") : null,
];

/** @param {Entry} entry */
const actions = ({ partner }) =>
  h("div", { class: "row-actions" }, [
    isAdmin.value
      ? h("button", {
        type: "button",
        class: "icon-button",
        title: "Sync now",
        "aria-label": `Sync ${partner.partnerName} now`,
        onClick: () => syncPartner(partner),
      }, [icon("refresh-cw")])
      : null,
    link(`/partners/${partner.id}`, {
      class: "icon-button",
      title: "Details",
      "aria-label": `Details of ${partner.partnerName}`,
    }, [icon("chevron-right")]),
  ]);
