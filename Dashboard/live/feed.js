// Keeps the live picture: by the event stream, by polling while there is none, and says which.
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
      await readStream(await takePicture(), stopped, () => (failures = 0));
    } catch (error) {
      // A server without a stream: polling is all there is.
      if (error instanceof ApiError && (error.isMissing || error.status === 405)) return setMode("polling");
    }
    if (live.mode === "live") setMode("connecting");
    const wait = waits[Math.min(failures++, waits.length - 1)];
    await pause(wait * (0.75 + Math.random() / 2), stopped);
  }
}

/**
 * @param {string} place that of the picture which is shown
 * @param {AbortSignal} stopped
 * @param {() => void} onHeard
 */
async function readStream(place, stopped, onHeard) {
  const silent = new AbortController();
  let timer = setTimeout(() => silent.abort(), silence);
  try {
    const opening = openStream("/api/dashboard/stream", AbortSignal.any([stopped, silent.signal]), place);
    // Not together with the picture: what was opened before its place is told by nobody else.
    takeAlerts();
    const response = await opening;
    // The stream begins anew, at another process for instance: it tells who came, not who left meanwhile.
    if (!response.headers.has("Last-Event-ID")) await Promise.all([takePicture(), takeAlerts()]);
    if (stopped.aborted) return;
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

/** Asks for everything, shows it unless the stream does already, and gives its place in the changes. */
const takePicture = inTurn(async (stopped) => {
  try {
    const [overview, { body, etag }] = await Promise.all([dashboard.overview(stopped), dashboard.partners(stopped)]);
    if (stopped.aborted || live.mode === "live") return etag;
    // What an earlier stream told and nobody has seen yet is older.
    discard();
    live.overview = overview;
    replaceAll(body);
    if (live.mode === "offline") setMode("connecting");
    return etag;
  } catch (error) {
    if (!stopped.aborted && live.mode !== "live") {
      setMode("offline");
      markStale();
    }
    throw error;
  }
});

/** Asks for the open alerts; what the stream tells meanwhile is shown after them. */
export const takeAlerts = inTurn(async (stopped) => {
  hold();
  try {
    const list = await alerts.list(false, 500, stopped);
    if (!stopped.aborted) live.alerts = list;
  } catch {
    // The stream, or the next poll, brings them.
  } finally {
    release();
  }
});

/**
 * Many wishes at once are one question. A wish while it is being answered is one question more, after it: the answer
 * under way may be older than the wish, and answers never overtake each other.
 * @template T
 * @param {(stopped: AbortSignal) => Promise<T>} ask
 * @returns {() => Promise<T>}
 */
function inTurn(ask) {
  /** @type {Promise<T> | null} */
  let asking = null;
  /** @type {Promise<T> | null} */
  let next = null;
  /** @returns {Promise<T>} */
  return function wish() {
    if (!asking) return asking = ask(running?.signal ?? AbortSignal.abort()).finally(() => (asking = null));
    return next ??= asking.catch(() => {}).then(() => {
      next = null;
      return wish();
    });
  };
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

/** @param {AbortSignal} stopped */
async function pollMeanwhile(stopped) {
  while (!stopped.aborted) {
    await pause(pollEvery, stopped);
    if (!stopped.aborted && live.mode !== "live") await pollNow();
  }
}

/** Asks for everything once more, now. */
export async function pollNow() {
  try {
    await takePicture();
    if (live.mode === "live") return;
    setMode("polling");
    await takeAlerts();
  } catch {
    // The picture says so itself.
  }
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
