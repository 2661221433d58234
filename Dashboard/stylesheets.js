// Style that the first view does without comes with what needs it.

/** @type {Map<string, Promise<void>>} */
const known = new Map();

/**
 * Fulfilled when the style applies. One that could not be had is asked for anew the next time.
 * @param {string} name its address, relative to Dashboard
 */
export function stylesheet(name) {
  let loading = known.get(name);
  if (!loading) {
    known.set(name, loading = load(name));
    loading.catch(() => known.delete(name));
  }
  return loading;
}

/**
 * @param {string} name
 * @returns {Promise<void>}
 */
function load(name) {
  const style = document.createElement("link");
  style.rel = "stylesheet";
  style.href = new URL(name, import.meta.url).href;
  return new Promise((resolve, reject) => {
    style.onload = () => resolve();
    style.onerror = () => {
      style.remove();
      reject(new Error(`no style ${name}`));
    };
    document.head.append(style);
  });
}
