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

/** The open alerts that nobody dismissed, worst first; null before the first answer. The same while nothing changes. */
export const urgentAlerts = computed((/** @type {Alert[] | null | undefined} */ before) => {
  const urgent = live.alerts?.filter((alert) => !isDismissed(alert)) ?? null;
  return before && urgent && isSame(before, urgent) ? before : urgent;
});

/** @param {Alert[]} a @param {Alert[]} b */
const isSame = (a, b) => a.length === b.length && a.every((alert, index) => alert === b[index]);

/** @param {Alert} alert */
export const isDismissed = ({ dismissedUntil }) => dismissedUntil !== null && Date.parse(dismissedUntil) > now.value;

/**
 * An operator's change, shown before the server has said it.
 * @typedef {object} Edit
 * @property {Partial<ListedPartner>} fields
 * @property {boolean} isConfirmed the server has taken it: its next word on the partner says it too
 */

/** The partners with such changes: what the server said last of them, and the changes on top of it, oldest first. */
const edited = /** @type {Map<string, {said: Entry, edits: Edit[]}>} */ (new Map());

/** Whether a change is on its way to the server. */
export const hasEdits = () => [...edited.values()].some(({ edits }) => edits.some(({ isConfirmed }) => !isConfirmed));

/** @param {Entry[]} list */
export function replaceAll(list) {
  entries.value = new Map(
    list.map((said) => [said.partner.id, /** @type {Entry} */ (underEdits(said.partner.id, said))]),
  );
  isLoaded.value = true;
}

/**
 * Takes over a batch of changes; `null` means that the partner is gone.
 * @param {Map<string, Entry | null>} changes
 */
export function applyEntries(changes) {
  if (edited.size > 0) changes = new Map([...changes].map(([id, said]) => [id, underEdits(id, said)]));
  show(changes);
}

/** @param {Map<string, Entry | null>} changes */
function show(changes) {
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

/**
 * What is to be shown for the server's word on a partner.
 * @param {string} id
 * @param {Entry | null} said
 */
function underEdits(id, said) {
  const known = edited.get(id);
  if (!known) return said;
  const edits = known.edits.filter(({ isConfirmed }) => !isConfirmed);
  if (!said || edits.length === 0) {
    edited.delete(id);
    return said;
  }
  edited.set(id, { said, edits });
  return withEdits(said, edits);
}

/** @param {Entry} said @param {Edit[]} edits @returns {Entry} */
const withEdits = ({ partner, snapshot }, edits) => ({
  partner: Object.assign({}, partner, ...edits.map(({ fields }) => fields)),
  snapshot,
});

/**
 * Shows a change before the server has confirmed it, whatever the server says of the partner meanwhile.
 * @param {string} id
 * @param {Partial<ListedPartner>} fields
 * @returns {{confirm: () => void, takeBack: () => void}} one of them is to be called in the end
 */
export function showEdit(id, fields) {
  const edit = { fields, isConfirmed: false };
  const said = edited.get(id)?.said ?? entries.value.get(id);
  if (said) change([...(edited.get(id)?.edits ?? []), edit], said);

  /** @param {Edit[]} edits @param {Entry} said */
  function change(edits, said) {
    if (edits.length > 0) edited.set(id, { said, edits });
    else edited.delete(id);
    show(new Map([[id, withEdits(said, edits)]]));
  }
  function takeBack() {
    const known = edited.get(id);
    if (known?.edits.includes(edit)) change(known.edits.filter((one) => one !== edit), known.said);
  }
  function confirm() {
    edit.isConfirmed = true;
    const partner = edited.get(id)?.said.partner;
    const isSaid = partner &&
      Object.entries(fields).every(([field, value]) => partner[/** @type {keyof ListedPartner} */ (field)] === value);
    if (isSaid) takeBack();
  }
  return { confirm, takeBack };
}

/** While nobody tells us, what is shown grows old all the same: three intervals without a reading are too long. */
export function markStale() {
  const oldest = now.value - 3_000 * (live.settings?.refreshInterval ?? 120);
  /** @type {Map<string, Entry>} */
  const changes = new Map();
  for (const [id, { partner, snapshot }] of entries.value) {
    if (!snapshot || snapshot.isStale || Date.parse(snapshot.snapshotTime) > oldest) continue;
    const stale = { ...snapshot, isStale: true };
    const known = edited.get(id);
    if (known) edited.set(id, { ...known, said: { ...known.said, snapshot: stale } });
    changes.set(id, { partner, snapshot: stale });
  }
  show(changes);
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
  // A partner that was removed took its alert with it.
  const open = [...changes.values()].filter(({ resolvedAt, partnerId }) => !resolvedAt && entries.value.has(partnerId));
  live.alerts = [...others, ...open].sort(bySeverity);
}

/** Worst first, then the oldest. Times are all written alike, so that they compare as texts. @param {Alert} a @param {Alert} b */
function bySeverity(a, b) {
  if (a.level !== b.level) return rank(a) - rank(b);
  return a.openedAt === b.openedAt ? 0 : a.openedAt < b.openedAt ? -1 : 1;
}

/** A level that a newer server may know comes last. @param {Alert} alert */
const rank = ({ level }) => standings[level]?.rank ?? Object.keys(standings).length;

/** Forgets everything: it belonged to whoever was signed in. */
export function forget() {
  Object.assign(live, { overview: null, alerts: null, settings: null, mode: "connecting", since: Date.now() });
  entries.value = new Map();
  edited.clear();
  isLoaded.value = false;
}

/** @param {Mode} mode */
export function setMode(mode) {
  if (live.mode !== mode) Object.assign(live, { mode, since: Date.now() });
}
