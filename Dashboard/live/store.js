// The live picture as the page holds it. Whoever draws reads from here; only the feed and edits write to it.
/** @import {Alert, Entry, ListedPartner, Overview, Settings} from "../types/api.d.ts" */
import { computed, shallowReactive, shallowRef } from "../vendor/vue.js";
import { now } from "../clock.js";
import { standings } from "../level.js";

/** @typedef {"connecting" | "live" | "polling" | "offline"} Mode */

export const live = shallowReactive({
  /** @type {Overview | null} */
  overview: null,
  /** Open alerts, worst first; null before the first answer. @type {Alert[] | null} */
  alerts: null,
  /** @type {Settings | null} */
  settings: null,
  /** How the picture is kept: see `connection` for what is said about it. @type {Mode} */
  mode: "connecting",
  /** Since when the mode holds, milliseconds since 1970. */
  since: Date.now(),
});

/** Replaced as a whole with every change, never changed in place. @type {{value: Map<string, Entry>}} */
export const entries = shallowRef(new Map());

/** True once the list of partners has come. */
export const isLoaded = shallowRef(false);

/** By name. */
export const partnerList = computed(() => [...entries.value.values()]);

/** The open alerts that nobody dismissed, worst first; null before the first answer. */
export const urgentAlerts = computed(() => live.alerts?.filter((alert) => !isDismissed(alert)) ?? null);

/** @param {Alert} alert */
export const isDismissed = ({ dismissedUntil }) => dismissedUntil !== null && Date.parse(dismissedUntil) > now.value;

/** @param {Entry[]} list */
export function replaceAll(list) {
  entries.value = new Map(list.map((entry) => [entry.partner.id, entry]));
  isLoaded.value = true;
}

/**
 * Takes over a batch of changes; `null` means that the partner is gone.
 * @param {Map<string, Entry | null>} changes
 */
export function applyEntries(changes) {
  if (changes.size === 0) return;
  const next = new Map(entries.value);
  let isOrdered = true;
  for (const [id, entry] of changes) {
    if (next.get(id)?.partner.partnerName !== entry?.partner.partnerName) isOrdered = false;
    if (entry) next.set(id, entry);
    else next.delete(id);
  }
  entries.value = isOrdered ? next : new Map([...next].sort(([, a], [, b]) => byName(a, b)));
  if (live.alerts?.some(({ partnerId }) => changes.get(partnerId) === null)) {
    live.alerts = live.alerts.filter(({ partnerId }) => changes.get(partnerId) !== null);
  }
}

/** While nobody tells us, what is shown grows old all the same: three intervals without a reading are too long. */
export function markStale() {
  const oldest = now.value - 3_000 * (live.settings?.refreshInterval ?? 120);
  /** @type {Map<string, Entry>} */
  const changes = new Map();
  for (const [id, { partner, snapshot }] of entries.value) {
    if (!snapshot || snapshot.isStale || Date.parse(snapshot.snapshotTime) > oldest) continue;
    changes.set(id, { partner, snapshot: { ...snapshot, isStale: true } });
  }
  applyEntries(changes);
}

const collator = new Intl.Collator("en", { sensitivity: "base", numeric: true });
/** @param {Entry} a @param {Entry} b */
const byName = (a, b) => collator.compare(a.partner.partnerName, b.partner.partnerName);

/**
 * Takes over alerts that were opened, changed or resolved.
 * @param {Map<string, Alert>} changes
 */
export function applyAlerts(changes) {
  if (changes.size === 0) return;
  const others = (live.alerts ?? []).filter(({ id }) => !changes.has(id));
  const open = [...changes.values()].filter(({ resolvedAt }) => !resolvedAt);
  live.alerts = [...others, ...open].sort(bySeverity);
}

/** Worst first, then the oldest. @param {Alert} a @param {Alert} b */
const bySeverity = (a, b) =>
  standings[a.level].rank - standings[b.level].rank || Date.parse(a.openedAt) - Date.parse(b.openedAt);

/**
 * Shows an edit before the server has confirmed it.
 * @param {string} id
 * @param {Partial<ListedPartner>} fields
 * @returns {() => void} takes it back, unless the server has said something newer
 */
export function showEdit(id, fields) {
  const before = entries.value.get(id);
  if (!before) return () => {};
  const edited = { ...before, partner: { ...before.partner, ...fields } };
  applyEntries(new Map([[id, edited]]));
  return () => {
    if (entries.value.get(id) === edited) applyEntries(new Map([[id, before]]));
  };
}

/** Forgets everything: it belonged to whoever was signed in. */
export function forget() {
  Object.assign(live, { overview: null, alerts: null, settings: null, mode: "connecting", since: Date.now() });
  entries.value = new Map();
  isLoaded.value = false;
}

/** @param {Mode} mode */
export function setMode(mode) {
  if (live.mode !== mode) Object.assign(live, { mode, since: Date.now() });
}
