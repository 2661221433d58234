// What would be lost by leaving a page. Whoever holds typed input says so; whoever leads away from it asks first.
import { onBeforeUnmount, onMounted, shallowRef } from "./vendor/vue.js";

/** Each says whether something typed is not saved. @type {Set<() => boolean>} */
const guards = new Set();

/**
 * What the user wanted, until they have said whether to lose what they typed for it: see `LeavingDialog`.
 * @type {{value: {wish: number, go: () => void} | null}}
 */
export const heldBack = shallowRef(null);

/**
 * For a component with a form: leaving it asks first, be it by a link, the back button, the palette or closing the tab.
 * @param {() => boolean} isChanged
 */
export function guardLeaving(isChanged) {
  onMounted(() => {
    guards.add(isChanged);
    addEventListener("beforeunload", warn);
  });
  onBeforeUnmount(() => {
    guards.delete(isChanged);
    if (guards.size === 0) removeEventListener("beforeunload", warn);
  });
}

let wishes = 0;

export const wouldLose = () => [...guards].some((isChanged) => isChanged());

/**
 * Goes, at once or when the user has agreed to lose what they typed.
 * @param {() => void} go
 * @param {Iterable<() => boolean>} lost whose input is lost by it
 */
export function leave(go, lost = guards) {
  const changed = [...lost].filter((isChanged) => isChanged());
  if (changed.length === 0) return go();
  heldBack.value = {
    wish: ++wishes,
    go() {
      for (const isChanged of changed) guards.delete(isChanged);
      go();
    },
  };
}

/** @param {BeforeUnloadEvent} event */
function warn(event) {
  if (wouldLose()) event.preventDefault();
}
