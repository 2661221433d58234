// Collects changes and hands them over together, at most once a frame and at most five times a second.
/** @import {Entry} from "../types/api.d.ts" */
import { apply } from "./store.js";

const least = 200;

/** The newest state of each partner that is still to be shown. @type {Map<string, Entry | null>} */
let waiting = new Map();
let isHeld = false;
let isScheduled = false;
let shownAt = 0;

/**
 * @param {string} id
 * @param {Entry | null} entry null when the partner is gone
 */
export function enqueue(id, entry) {
  waiting.set(id, entry);
  schedule();
}

/** Keeps changes back while the whole picture is fetched. */
export function hold() {
  isHeld = true;
}

export function release() {
  isHeld = false;
  schedule();
}

export function discard() {
  waiting = new Map();
}

function schedule() {
  if (isScheduled || isHeld || waiting.size === 0) return;
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
  const changes = waiting;
  waiting = new Map();
  shownAt = performance.now();
  apply(changes);
}
