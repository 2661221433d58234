// What the browser keeps for us. It may be told to keep nothing: then things are kept as long as the page lives.

/** @param {() => Storage} browsers even to name it may be refused */
function storage(browsers) {
  /** @type {Map<string, string>} */
  const own = new Map();
  return {
    /** @param {string} key @returns {string | null} */
    get(key) {
      try {
        return browsers().getItem(key);
      } catch {
        return own.get(key) ?? null;
      }
    },
    /** @param {string} key @param {string} value @returns {boolean} whether it outlives the page */
    set(key, value) {
      own.set(key, value);
      try {
        browsers().setItem(key, value);
        return true;
      } catch {
        return false;
      }
    },
    /** @param {string} key */
    remove(key) {
      own.delete(key);
      try {
        browsers().removeItem(key);
      } catch {
        // It was never there.
      }
    },
  };
}

/** Lives as long as the tab. */
export const ofTab = storage(() => sessionStorage);

/** Stays on the device, and is the same in all tabs. */
export const ofDevice = storage(() => localStorage);
