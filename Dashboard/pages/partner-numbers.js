// The current metrics of a partner, and the two things that can be set.
/** @import {Entry, Partner} from "../types/api.d.ts" */
import { h } from "../vendor/vue.js";
import { adminOnly, isAdmin } from "../api/session.js";
import { now } from "../clock.js";
import { badge } from "../components/badge.js";
import { meter } from "../components/bars.js";
import { icon } from "../components/icon.js";
import { LiveNumber } from "../components/live-number.js";
import { toggle } from "../components/switch.js";
import { TimeAgo } from "../components/time-ago.js";
import { dateTime, duration, number, percent } from "../format.js";
import { toneOf } from "../level.js";
import { changePause } from "../live/edits.js";

/**
 * @param {Entry} entry
 * @param {Partner | null} details
 * @param {(beside: EventTarget | null) => void} editLimit
 */
export function partnerNumbers(entry, details, editLimit) {
  const { partner, snapshot } = entry;
  const isPending = (/** @type {string} */ field) => details?.pendingChanges.some((change) => change.field === field);
  return h("section", {
    class: ["tiles", "partner-tiles", { "is-stale": snapshot?.isStale }],
    "aria-label": "Current numbers",
  }, [
    tile(
      "Active calls",
      snapshot?.activeCalls,
      snapshot ? `of ${number(snapshot.concurrencyLimit)} at the same time` : "",
    ),
    tile("Queued calls", snapshot?.queuedCalls, snapshot ? "waiting to be dialled" : ""),
    tile(
      "Utilization",
      snapshot?.utilizationPercent,
      snapshot ? meter(snapshot.utilizationPercent, toneOf(snapshot)) : "",
      percent,
    ),
    tile(
      "Completed today",
      snapshot?.completedCallsToday,
      snapshot ? `${number(snapshot.voicemailCount)} voicemail · ${number(snapshot.customerEndedCount)} customer` : "",
    ),
    tile("Remaining calls", snapshot?.remainingCalls, snapshot ? "contacts still to be called" : ""),
    tile(
      "Running campaigns",
      snapshot?.runningCampaigns,
      snapshot ? `${number(snapshot.campaignsToday)} created today` : "",
    ),
    h("div", { class: "tile" }, [
      h("h2", "Limit"),
      h("div", { class: "tile-value" }, [limit(partner, editLimit)]),
      h(
        "p",
        { class: "tile-note" },
        isPending("concurrencyLimit") ? badge("Pending", "medium", "clock-alert") : "calls at the same time",
      ),
    ]),
    h("div", { class: "tile" }, [
      h("h2", "Pause non-priority"),
      h("div", { class: "tile-value" }, [
        toggle({
          label: "Pause non-priority campaigns",
          isOn: partner.pauseNonPriorityCampaigns,
          disabledBecause: isAdmin.value ? null : adminOnly,
          onChange: (isOn) => changePause(partner, isOn),
        }),
      ]),
      h(
        "p",
        { class: "tile-note" },
        isPending("pauseNonPriorityCampaigns")
          ? badge("Pending", "medium", "clock-alert")
          : partner.pauseNonPriorityCampaigns
          ? "only priority dials"
          : "all campaigns dial",
      ),
    ]),
    h("div", { class: "tile" }, [
      h("h2", "Last sync"),
      h("div", { class: "tile-value" }, [h(TimeAgo, { time: partner.lastSyncAt })]),
      h(
        "p",
        { class: "tile-note", title: `Next ${dateTime(partner.nextSyncAt)}` },
        snapshot ? ["read in ", duration(snapshot.dataFetchTimeMs), ...next(partner)] : next(partner).slice(1),
      ),
    ]),
  ]);
}

/** @param {Entry["partner"]} partner */
function next({ nextSyncAt, isActive }) {
  if (!isActive || !nextSyncAt) return [];
  return Date.parse(nextSyncAt) <= now.value + 2_000
    ? [" · ", "due now"]
    : [" · ", "next ", h(TimeAgo, { time: nextSyncAt })];
}

/**
 * @param {string} label
 * @param {number | undefined} value
 * @param {any} note
 * @param {(value: number | null | undefined) => string} [format]
 */
const tile = (label, value, note, format = number) =>
  h("div", { key: label, class: "tile" }, [
    h("h2", label),
    h("div", { class: "tile-value" }, [h(LiveNumber, { value: value ?? null, format })]),
    h("div", { class: "tile-note" }, [note]),
  ]);

/**
 * @param {Entry["partner"]} partner
 * @param {(beside: EventTarget | null) => void} edit
 */
const limit = (partner, edit) =>
  isAdmin.value
    ? h("button", {
      type: "button",
      class: "edit-in-place",
      "aria-label": `Change the limit of ${partner.partnerName}, now ${partner.concurrencyLimit}`,
      onClick: (/** @type {Event} */ event) => edit(event.currentTarget),
    }, [h("span", { class: "number" }, number(partner.concurrencyLimit)), icon("pencil")])
    : number(partner.concurrencyLimit);
