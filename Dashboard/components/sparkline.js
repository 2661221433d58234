// The course of a number in a thumb's width. Gaps stay gaps.
import { h } from "../vendor/vue.js";

const width = 100;
const height = 24;

/**
 * @param {(number | null)[]} values evenly spaced in time
 * @param {string} label what it shows, for who cannot see it
 */
export function sparkline(values, label) {
  const known = values.filter((value) => value !== null);
  if (known.length < 2) {
    return h("svg", { class: "sparkline", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" });
  }
  const low = Math.min(0, ...known);
  const high = Math.max(...known, low + 1);
  const place = (/** @type {number} */ value, /** @type {number} */ index) =>
    `${(index / (values.length - 1) * width).toFixed(1)} ${
      (height - 2 - (value - low) / (high - low) * (height - 4)).toFixed(1)
    }`;
  const runs = continuousRuns(values);
  const line = runs.map((run) => "M" + run.map(([value, index]) => place(value, index)).join("L")).join("");
  const area = runs.filter((run) => run.length > 1).map((run) => {
    const x = (/** @type {number} */ index) => (index / (values.length - 1) * width).toFixed(1);
    return `M${x(run[0][1])} ${height}L${run.map(([value, index]) => place(value, index)).join("L")}L${
      x(run[run.length - 1][1])
    } ${height}Z`;
  }).join("");
  return h("svg", {
    class: "sparkline",
    viewBox: `0 0 ${width} ${height}`,
    preserveAspectRatio: "none",
    role: "img",
    "aria-label": label,
  }, [
    h("path", { class: "area", d: area }),
    h("path", { class: "line", d: line }),
  ]);
}

/**
 * @param {(number | null)[]} values
 * @returns {[number, number][][]} value and index
 */
function continuousRuns(values) {
  /** @type {[number, number][][]} */
  const runs = [];
  let isOpen = false;
  for (const [index, value] of values.entries()) {
    if (value === null) isOpen = false;
    else if (isOpen) runs[runs.length - 1].push([value, index]);
    else {
      runs.push([[value, index]]);
      isOpen = true;
    }
  }
  return runs;
}
