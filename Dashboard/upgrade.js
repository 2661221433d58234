// Notices that the server has another version of the page: the files of this one are gone from it.
import { hasMessages } from "./components/toast.js";
import { wouldLose } from "./leaving.js";
import { hasEdits } from "./live/store.js";
import { ofTab } from "./storage.js";
import { shallowRef } from "./vendor/vue.js";

const key = "jobtalk.loaded-for";
// The hash of all files is in it, unless the server reads them anew each time.
const own = new URL(".", import.meta.url).pathname;

/** Whether this page is not the one that the server has. */
export const isOutdated = shallowRef(false);

/** Asks the server, and loads its version as soon as nothing is lost by it. */
export async function lookForUpgrade() {
  const theirs = await served();
  if (!theirs || theirs === own || isOutdated.value) return;
  isOutdated.value = true;
  if (!isFirstTime(theirs)) return;
  while (!isCalm()) await new Promise((resolve) => setTimeout(resolve, 1_000));
  location.reload();
}

/** Where the files of the server's page are; null when that cannot be known at the moment. */
async function served() {
  try {
    const answer = await fetch("/", {
      headers: { Accept: "text/html" },
      cache: "no-cache",
      signal: AbortSignal.timeout(10_000),
    });
    return /src="([^"]+\/)main\.js"/.exec(await answer.text())?.[1] ?? null;
  } catch {
    // It is asked again when the server is back.
    return null;
  }
}

/**
 * A tab loads a version only once by itself: between two servers of different versions it would never come to rest.
 * @param {string} version
 */
function isFirstTime(version) {
  const known = ofTab.get(key)?.split(" ") ?? [];
  return !known.includes(version) && ofTab.set(key, [...known, version].join(" "));
}

/** Whether loading the page anew takes nothing from anybody: no input, no dialog, no message, no change under way. */
function isCalm() {
  const isTyping = document.activeElement?.matches("input, textarea, select");
  return !isTyping && !wouldLose() && !document.querySelector("dialog[open]") && !hasMessages() && !hasEdits();
}
