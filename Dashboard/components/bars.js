// Bars: a share of a whole, a list of counts, and one bar made of several.
import { h } from "../vendor/vue.js";
import { number, percent } from "../format.js";

/**
 * Utilisation against the limit. Over 100 % the bar is full, and the number tells.
 * @param {number} value in percent
 * @param {string} tone
 */
export const meter = (value, tone) =>
  h("span", { class: ["meter", tone], "aria-hidden": "true" }, [
    h("span", { class: "fill", style: { width: `${Math.max(0, Math.min(100, value))}%` } }),
  ]);

/**
 * A horizontal bar a status, with its count and share.
 * @param {Record<string, number>} byStatus
 * @param {(status: string) => number} colour which of the categorical colours
 */
export function statusBars(byStatus, colour) {
  const rows = Object.entries(byStatus).sort(([, a], [, b]) => b - a);
  const total = rows.reduce((sum, [, count]) => sum + count, 0);
  const most = Math.max(1, ...rows.map(([, count]) => count));
  return h(
    "ul",
    { class: "status-bars" },
    rows.map(([status, count]) =>
      h("li", { key: status }, [
        h("span", { class: "status-name" }, status),
        h("svg", { class: "status-bar", "aria-hidden": "true" }, [
          h("rect", { class: `category-${colour(status)}`, width: `${count / most * 100}%`, height: "100%", rx: 3 }),
        ]),
        h("span", { class: "number" }, number(count)),
        h("span", { class: "number quiet" }, percent(total ? count / total * 100 : 0)),
      ])
    ),
  );
}

/**
 * One bar whose parts are the statuses; its length is its share of `most`.
 * @param {Record<string, number>} byStatus
 * @param {string[]} order
 * @param {(status: string) => number} colour
 * @param {number} most what a full bar stands for
 */
export function stackedBar(byStatus, order, colour, most) {
  let x = 0;
  const parts = order.filter((status) => byStatus[status] > 0).map((status) => {
    const share = byStatus[status] / Math.max(1, most) * 100;
    const part = h("rect", {
      key: status,
      class: `category-${colour(status)}`,
      x: `${x}%`,
      width: `${share}%`,
      height: "100%",
    }, [
      h("title", `${status} ${number(byStatus[status])}`),
    ]);
    x += share;
    return part;
  });
  return h("svg", { class: "stacked-bar", "aria-hidden": "true" }, parts);
}
