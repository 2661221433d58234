// The time of day as the server has it, ticking once a second for whatever shows an age.
import { ref } from "./vendor/vue.js";

let offset = 0;

/** Milliseconds since 1970 by the server's clock; changes once a second. */
export const now = ref(Date.now());

setInterval(() => (now.value = serverNow()), 1_000);

/** The server's time at this moment, in milliseconds since 1970. */
export const serverNow = () => Date.now() + offset;

/**
 * An answer said what time it is. Whole seconds and the way here: only a real difference counts.
 * @param {number} serverTime
 */
export function heardServerTime(serverTime) {
  const difference = serverTime + 500 - Date.now();
  if (Math.abs(difference - offset) > 2_000) offset = Math.abs(difference) > 2_000 ? difference : 0;
}
