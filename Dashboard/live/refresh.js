// "Refresh": every active partner is read anew; the progress is counted from what the live picture says.
import { dashboard } from "../api/endpoints.js";
import { serverNow } from "../clock.js";
import { toastError } from "../components/toast.js";
import { shallowReactive, watch } from "../vendor/vue.js";
import { pollNow } from "./feed.js";
import { entries, live } from "./store.js";

/** `total` is 0 while nothing is being refreshed. */
export const refresh = shallowReactive({ done: 0, total: 0 });

// After this the rest is slow or silent; their rows say so.
const patience = 90_000;

export async function refreshAll() {
  if (refresh.total > 0) return;
  // Times come in whole seconds.
  const started = Math.floor(serverNow() / 1_000) * 1_000;
  const before = new Map([...entries.value].map(([id, { partner }]) => [id, partner.nextSyncAt]));
  const asked = [...before.keys()].filter((id) => entries.value.get(id)?.partner.isActive);
  Object.assign(refresh, { done: 0, total: asked.length });
  try {
    await dashboard.refresh();
    await allVisited(asked, started, before);
  } catch (error) {
    toastError("The partners could not be refreshed", error);
  }
  Object.assign(refresh, { done: 0, total: 0 });
}

/**
 * @param {string[]} asked
 * @param {number} started
 * @param {Map<string, string | null>} before when each was due, before the wish
 * @returns {Promise<void>}
 */
function allVisited(asked, started, before) {
  const waiting = new Set(asked);
  return new Promise((resolve) => {
    const timer = setTimeout(finish, patience);
    const polling = setInterval(() => live.mode !== "live" && pollNow(), 1_500);
    const stop = watch(entries, count, { immediate: true, flush: "post" });
    function count() {
      for (const id of waiting) if (wasVisited(id, started, before.get(id))) waiting.delete(id);
      refresh.done = asked.length - waiting.size;
      if (waiting.size === 0) queueMicrotask(finish);
    }
    function finish() {
      clearTimeout(timer);
      clearInterval(polling);
      stop();
      resolve();
    }
  });
}

/**
 * @param {string} id
 * @param {number} started
 * @param {string | null | undefined} dueBefore
 */
function wasVisited(id, started, dueBefore) {
  const partner = entries.value.get(id)?.partner;
  if (!partner || !partner.isActive) return true;
  if (partner.lastSyncStatus === "IN_PROGRESS") return false;
  if (Date.parse(partner.lastSyncAt ?? "") >= started) return true;
  // A failed visit leaves no reading, but another due time.
  return partner.lastSyncStatus === "FAILED" && partner.nextSyncAt !== dueBefore;
}
