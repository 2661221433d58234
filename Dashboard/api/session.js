// Who is signed in. The token lives no longer than the tab, unless the user asked to stay signed in.
/** @import {User} from "../types/api.d.ts" */
import { computed, shallowReactive } from "../vendor/vue.js";
import { ApiError, connect, forgetPolled } from "./client.js";
import { auth } from "./endpoints.js";
import { heardServerTime } from "../clock.js";
import { toast } from "../components/toast.js";
import { wouldLose } from "../leaving.js";
import { startLive, stopLive } from "../live/feed.js";
import { currentAddress, navigate } from "../router.js";
import { ofDevice, ofTab } from "../storage.js";

const key = "jobtalk.token";

export const session = shallowReactive({
  /** @type {User | null} */
  user: null,
  /** True until it is known whether a stored token still holds. */
  isResuming: true,
  /** The server cannot be asked whether it holds. */
  isUnreachable: false,
  /** Why the last session ended, if not by the user. @type {string | null} */
  endedBecause: null,
  /** It ended while something typed was not saved: the page stays, and the user signs in over it. */
  isInterrupted: false,
});

export const isAdmin = computed(() => session.user?.role === "ADMIN");

/** Said of every control that a viewer may see but not use. */
export const adminOnly = "Only a user with the role ADMIN may do this";

/** @type {string | null} */
let token = stored();

connect({
  token: () => token,
  // A late answer may be about a session before this one.
  refused: (refused) => refused === token && end("Your session has ended. Sign in to go on."),
  heardAt: heardServerTime,
});

// Somebody signed in, to stay, in another tab.
addEventListener("storage", (event) => event.key === key && !token && takeStored());

/** The tab's own, or the device's. */
function stored() {
  return ofTab.get(key) ?? ofDevice.get(key);
}

function takeStored() {
  token = stored();
  session.isResuming = token !== null;
  resumeSession();
}

/** Finds out whether a stored token still holds. A server that cannot be reached is asked again, not signed out of. */
export async function resumeSession() {
  const mine = token;
  while (mine && token === mine) {
    try {
      const user = await auth.me();
      if (token === mine) enter(user);
      break;
    } catch {
      if (token !== mine) return;
      session.isUnreachable = true;
      await new Promise((resolve) => setTimeout(resolve, 3_000));
    }
  }
  if (token === mine) Object.assign(session, { isResuming: false, isUnreachable: false });
}

/**
 * @param {string} username
 * @param {string} password
 * @param {boolean} stays also after the tab is closed
 */
export async function signIn(username, password, stays) {
  const answer = await auth.login(username, password);
  token = answer.access_token;
  (stays ? ofDevice : ofTab).set(key, answer.access_token);
  // `me` also says whether this is the demo.
  enter(await auth.me().catch(() => answer.user));
}

/** Forgets the token here at once, and has the server revoke it. */
export async function signOut() {
  const told = auth.logout();
  end(null);
  try {
    await told;
  } catch (error) {
    // It was over already.
    if (error instanceof ApiError && error.status === 401) return;
    toast("Signed out here, but the server could not be told: there the session goes on until it runs out", "high");
  }
}

/** @param {User} user */
function enter(user) {
  Object.assign(session, { user, endedBecause: null, isInterrupted: false });
  startLive();
}

/** Nobody goes on with what was typed: the page may be left. */
export function abandon() {
  if (session.isInterrupted) Object.assign(session, { user: null, isInterrupted: false });
}

/** @param {string | null} reason null when the user wants it: then nothing is kept on the device either */
function end(reason) {
  if (!token) return;
  session.isInterrupted = reason !== null && wouldLose();
  for (const place of [ofTab, ofDevice]) if (!reason || place.get(key) === token) place.remove(key);
  token = null;
  stopLive();
  forgetPolled();
  Object.assign(session, { endedBecause: reason, isResuming: false, isUnreachable: false });
  if (!session.isInterrupted) session.user = null;
  // In another tab somebody may have signed in since.
  if (stored()) return takeStored();
  if (session.isInterrupted) return;
  const here = currentAddress();
  const back = reason && here !== "/" && !here.startsWith("/sign-in") ? `?from=${encodeURIComponent(here)}` : "";
  navigate("/sign-in" + back, { replace: true, asks: false });
}
