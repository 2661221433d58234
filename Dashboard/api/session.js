// Who is signed in. The token lives no longer than the tab, unless the user asked to stay signed in.
/** @import {User} from "../types/api.d.ts" */
import { computed, shallowReactive } from "../vendor/vue.js";
import { connect, forgetPolled } from "./client.js";
import { auth } from "./endpoints.js";
import { heardServerTime } from "../clock.js";
import { startLive, stopLive } from "../live/feed.js";
import { currentAddress, navigate } from "../router.js";

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
});

export const isAdmin = computed(() => session.user?.role === "ADMIN");

/** Said of every control that a viewer may see but not use. */
export const adminOnly = "Only a user with the role ADMIN may do this";

/** @type {string | null} */
let token = sessionStorage.getItem(key) ?? localStorage.getItem(key);

connect({
  token: () => token,
  refused: () => end("Your session has ended. Sign in to go on."),
  heardAt: heardServerTime,
});

/** Finds out whether a stored token still holds. A server that cannot be reached is asked again, not signed out of. */
export async function resumeSession() {
  while (token) {
    try {
      enter(await auth.me());
      break;
    } catch {
      session.isUnreachable = true;
      if (token) await new Promise((resolve) => setTimeout(resolve, 3_000));
    }
  }
  Object.assign(session, { isResuming: false, isUnreachable: false });
}

/**
 * @param {string} username
 * @param {string} password
 * @param {boolean} stays also after the tab is closed
 */
export async function signIn(username, password, stays) {
  const answer = await auth.login(username, password);
  token = answer.access_token;
  (stays ? localStorage : sessionStorage).setItem(key, answer.access_token);
  // `me` also says whether this is the demo.
  enter(await auth.me().catch(() => answer.user));
}

/** Revokes the token at the server, and forgets it here whatever the server says. */
export async function signOut() {
  await auth.logout().catch(() => {});
  end(null);
}

/** @param {User} user */
function enter(user) {
  session.user = user;
  session.endedBecause = null;
  startLive();
}

/** @param {string | null} reason */
function end(reason) {
  if (!token) return;
  token = null;
  sessionStorage.removeItem(key);
  localStorage.removeItem(key);
  stopLive();
  forgetPolled();
  session.user = null;
  session.endedBecause = reason;
  const here = currentAddress();
  navigate("/sign-in" + (reason && here !== "/" ? `?from=${encodeURIComponent(here)}` : ""), { replace: true });
}
