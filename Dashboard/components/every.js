// What is asked for again and again, but not in a tab that nobody looks at.
import { onScopeDispose } from "../vendor/vue.js";

/**
 * Acts every so often while the tab is in sight, and at once when it comes back into sight after longer.
 * @param {number} milliseconds
 * @param {() => void} act
 */
export function useEvery(milliseconds, act) {
  let last = performance.now();
  function tick() {
    if (document.hidden) return;
    last = performance.now();
    act();
  }
  const catchUp = () => performance.now() - last >= milliseconds && tick();
  const timer = setInterval(tick, milliseconds);
  document.addEventListener("visibilitychange", catchUp);
  onScopeDispose(() => {
    clearInterval(timer);
    document.removeEventListener("visibilitychange", catchUp);
  });
}
