// Collects changes and hands them over together, at most once a frame and at most five times a second.
/** @import {Alert, Entry, Overview} from "../types/api.d.ts" */
import { applyAlerts, applyEntries, live } from "./store.js";

const least = 200;

/** Of each thing only the newest state is to be shown. `null` means that it is gone. */
const empty = () => ({
  /** @type {Overview | null} */
  overview: null,
  /** @type {Map<string, Entry | null>} */
  entries: new Map(),
  /** @type {Map<string, Alert>} */
  alerts: new Map(),
});

let waiting = empty();
let isHeld = false;
let isScheduled = false;
let shownAt = 0;

/** @param {(batch: typeof waiting) => void} put */
export function enqueue(put) {
  put(waiting);
  schedule();
}

/** Keeps changes back while the open alerts are fetched. */
export function hold() {
  isHeld = true;
}

export function release() {
  isHeld = false;
  schedule();
}

export function discard() {
  waiting = empty();
}

function schedule() {
  if (isScheduled || isHeld) return;
  isScheduled = true;
  setTimeout(() => {
    // A hidden tab gets no frames, but its title still counts alerts.
    if (document.hidden) flush();
    else requestAnimationFrame(flush);
  }, Math.max(0, shownAt + least - performance.now()));
}

function flush() {
  isScheduled = false;
  if (isHeld) return;
  const { overview, entries, alerts } = waiting;
  waiting = empty();
  shownAt = performance.now();
  if (overview) live.overview = overview;
  applyEntries(entries);
  applyAlerts(alerts);
}
