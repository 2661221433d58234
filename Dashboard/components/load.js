// Something fetched for a page: what came, or why not. A newer wish makes an older answer void.
import { onScopeDispose, shallowReactive } from "../vendor/vue.js";

/**
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
    load,
  });
  /** @type {AbortController | null} */
  let current = null;

  async function load() {
    current?.abort();
    const mine = current = new AbortController();
    state.isLoading = true;
    try {
      const value = await fetchIt(mine.signal);
      if (mine === current) Object.assign(state, { value, error: null });
    } catch (error) {
      if (mine === current && !mine.signal.aborted) state.error = error;
    } finally {
      if (mine === current) state.isLoading = false;
    }
  }

  onScopeDispose(() => current?.abort());
  return state;
}
