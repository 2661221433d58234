// Keeps the live picture: by the event stream, by polling while there is none, and says which.
/** @import {Alert} from "../types/api.d.ts" */
import { alerts, dashboard, settings } from "../api/endpoints.js";
import { ApiError, openStream } from "../api/client.js";
import { discard, enqueue, hold, release } from "./batch.js";
import { serverEvents } from "./events.js";
import { forget, live, markStale, replaceAll, setMode } from "./store.js";

// The server sends a comment every 15 s: two missed ones mean that nobody is there.
const silence = 35_000;
const pollEvery = 10_000;
const waits = [1_000, 2_000, 4_000, 8_000, 15_000, 30_000];

/** @type {AbortController | null} */
let running = null;

export function startLive() {
  running?.abort();
  running = new AbortController();
  loadSettings();
  follow(running.signal);
  pollMeanwhile(running.signal);
}

export function stopLive() {
  running?.abort();
  running = null;
  discard();
  forget();
}

export async function loadSettings() {
  try {
    live.settings = await settings.show();
  } catch {
    // Times are shown in UTC until they come; every page that needs them asks again.
  }
}

/** @param {AbortSignal} stopped */
async function follow(stopped) {
  let failures = 0;
  while (!stopped.aborted) {
    try {
      await readStream(stopped, () => (failures = 0));
    } catch (error) {
      // A server without a stream: polling is all there is.
      if (error instanceof ApiError && (error.isMissing || error.status === 405)) return;
    }
    if (live.mode === "live") setMode("connecting");
    const wait = waits[Math.min(failures++, waits.length - 1)];
    await pause(wait * (0.75 + Math.random() / 2), stopped);
  }
}

/**
 * @param {AbortSignal} stopped
 * @param {() => void} onHeard
 */
async function readStream(stopped, onHeard) {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), silence);
  try {
    const response = await openStream("/api/dashboard/stream", AbortSignal.any([stopped, silent.signal]));
    await takeWholePicture();
    setMode("live");
    const events = serverEvents(response, () => {
      clearTimeout(timer);
      timer = setTimeout(() => silent.abort(), silence);
      onHeard();
    });
    for await (const { event, data } of events) receive(event, JSON.parse(data));
  } finally {
    clearTimeout(timer);
  }
}

/** The stream tells who came, not who left while it was away: so begin with the list. */
async function takeWholePicture() {
  hold();
  try {
    replaceAll(await dashboard.partners());
    await takeAlerts();
  } finally {
    release();
  }
}

/**
 * @param {string} event
 * @param {any} payload
 */
function receive(event, payload) {
  switch (event) {
    case "overview":
      return enqueue((batch) => (batch.overview = payload));
    case "partner":
      return enqueue(({ entries }) => entries.set(payload.partner.id, payload));
    case "removed":
      return enqueue(({ entries }) => entries.set(payload.id, null));
    case "alert":
      return enqueue(({ alerts }) => alerts.set(payload.id, payload));
  }
}

/** @type {Promise<void> | null} */
let asking = null;

/** Asks for the open alerts; many wishes at once are one question. */
export function takeAlerts() {
  asking ??= alerts.list(false, 500).then(
    (/** @type {Alert[]} */ list) => {
      live.alerts = list;
    },
    () => {},
  ).finally(() => (asking = null));
  return asking;
}

/** @param {AbortSignal} stopped */
async function pollMeanwhile(stopped) {
  while (!stopped.aborted) {
    if (live.mode !== "live") await pollOnce(stopped);
    await pause(pollEvery, stopped);
  }
}

/** @param {AbortSignal} stopped */
async function pollOnce(stopped) {
  try {
    const [overview, list] = await Promise.all([dashboard.overview(), dashboard.partners()]);
    if (stopped.aborted) return;
    if (live.mode === "live") return;
    live.overview = overview;
    replaceAll(list);
    setMode("polling");
    await takeAlerts();
  } catch {
    if (stopped.aborted || live.mode === "live") return;
    setMode("offline");
    markStale();
  }
}

/** Asks for everything once more, now. */
export function pollNow() {
  if (running) pollOnce(running.signal);
}

/**
 * @param {number} milliseconds
 * @param {AbortSignal} stopped
 * @returns {Promise<void>}
 */
function pause(milliseconds, stopped) {
  return new Promise((resolve) => {
    const timer = setTimeout(done, milliseconds);
    function done() {
      clearTimeout(timer);
      stopped.removeEventListener("abort", done);
      resolve();
    }
    stopped.addEventListener("abort", done);
  });
}
