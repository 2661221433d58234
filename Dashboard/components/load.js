// Something fetched for a page: what came, or why not. A newer wish makes an older answer void.
import { onScopeDispose, shallowReactive } from "../vendor/vue.js";

/**
 * `load` asks; `refresh` asks the same again unasked, and lets what is there stand when that fails.
 * @template T
 * @param {(signal: AbortSignal) => Promise<T>} fetchIt
 */
export function useLoad(fetchIt) {
  const state = shallowReactive({
    /** @type {T | null} */
    value: null,
    /** @type {unknown} */
    error: null,
    isLoading: false,
    load: () => ask(false),
    refresh: () => ask(true),
  });
  /** @type {AbortController | null} */
  let current = null;
  let isOver = false;

  /** @param {boolean} isQuiet */
  async function ask(isQuiet) {
    if (isOver) return;
    current?.abort();
    const mine = current = new AbortController();
    state.isLoading = true;
    try {
      const value = await fetchIt(mine.signal);
      if (!mine.signal.aborted) Object.assign(state, { value, error: null });
    } catch (error) {
      if (!mine.signal.aborted && !(isQuiet && state.value !== null)) state.error = error;
    } finally {
      if (mine === current) state.isLoading = false;
    }
  }

  onScopeDispose(() => {
    isOver = true;
    current?.abort();
  });
  return state;
}
