// Calls and submittals over a period, of one partner or all.
import { defineComponent, h, watch } from "../vendor/vue.js";
import { statistics } from "../api/endpoints.js";
import { statusBars } from "../components/bars.js";
import { icon } from "../components/icon.js";
import { useLoad } from "../components/load.js";
import { empty, failure, skeleton } from "../components/placeholders.js";
import { counted, number } from "../format.js";
import { isLoaded, live, partnerList } from "../live/store.js";
import { route } from "../router.js";
import { downloadCSV } from "./statistics-csv.js";
import { categoryOf, statusesOf } from "./statistics-status.js";
import { periodBar, periodOf } from "./statistics-period.js";
import { PartnerBreakdown } from "./statistics-table.js";

/**
 * Both answers of the API in one shape.
 * @typedef {object} Result
 * @property {import("../types/api.d.ts").Count} calls
 * @property {import("../types/api.d.ts").Count} submittals
 * @property {import("../types/api.d.ts").PeriodOfPartner[]} rows
 * @property {{start_date: string, end_date: string}} period
 */

export default defineComponent({
  name: "StatisticsPage",
  setup() {
    const result = useLoad((signal) => read(route.query.partner, periodOf(route.query), signal));
    const wish = () => {
      const period = periodOf(route.query);
      // The business day is known only with its zone, and a partner's name only with the list.
      return live.settings && isLoaded.value && [route.query.partner, period.start_date, period.end_date].join();
    };
    watch(wish, (wanted) => wanted && result.load(), { immediate: true });

    const button = (/** @type {string} */ name, /** @type {string} */ label, /** @type {() => void} */ onClick) =>
      h("button", { type: "button", class: "button", disabled: !result.value || result.isLoading, onClick }, [
        icon(name),
        label,
      ]);

    return () => [
      h("div", { class: "page-head" }, [
        h("h1", "Statistics"),
        h("div", { class: "buttons" }, [
          button("refresh-cw", "Count again", result.load),
          button("download", "Download CSV", () => result.value && downloadCSV(result.value)),
        ]),
      ]),
      periodBar(partnerList.value),
      content(result),
    ];
  },
});

/**
 * @param {string | undefined} partner
 * @param {{start_date: string, end_date: string}} period
 * @param {AbortSignal} signal
 * @returns {Promise<Result>}
 */
async function read(partner, period, signal) {
  if (!partner) {
    const { aggregated, partnerBreakdown } = await statistics.ofAll(period, signal);
    return { ...aggregated, rows: partnerBreakdown, period };
  }
  const { calls, submittals, error } = await statistics.ofPartner(partner, period, signal);
  const partnerName = partnerList.value.find((entry) => entry.partner.id === partner)?.partner.partnerName ?? partner;
  return { calls, submittals, rows: [{ partnerId: partner, partnerName, calls, submittals, error }], period };
}

/** @param {{value: Result | null, error: unknown, isLoading: boolean, load: () => void}} result */
function content(result) {
  if (result.error) return failure(result.error, result.load);
  if (!result.value || result.isLoading) {
    return h("div", { class: "stack" }, [
      h("p", { class: "quiet", role: "status" }, "Counting in the partners' databases…"),
      skeleton(8),
    ]);
  }
  const { calls, submittals, rows } = result.value;
  const failed = rows.filter(({ error }) => error);
  return [
    failed.length > 0 ? failures(failed, rows.length) : null,
    calls.total + submittals.total === 0 && failed.length === 0
      ? empty("chart-column", "Nothing in this period", "No calls and no submittals were created on these days.")
      : h("div", { class: "stack-l" }, [
        h("div", { class: "totals" }, [total("Calls", calls), total("Submittals", submittals)]),
        rows.length > 1 ? h(PartnerBreakdown, { rows }) : null,
      ]),
  ];
}

/**
 * @param {string} title
 * @param {import("../types/api.d.ts").Count} count
 */
function total(title, count) {
  return h("section", { key: title, class: "card total", "aria-label": title }, [
    h("h2", title),
    h("p", { class: "total-number number" }, number(count.total)),
    statusBars(count.byStatus, categoryOf(statusesOf([count]))),
  ]);
}

/**
 * @param {Result["rows"]} failed
 * @param {number} all
 */
function failures(failed, all) {
  return h("section", { class: "failures", role: "alert" }, [
    h("h2", [
      icon("triangle-alert"),
      `${counted(failed.length, "partner")} of ${number(all)} could not be read: not in the totals`,
    ]),
    h(
      "ul",
      failed.map(({ partnerId, partnerName, error }) =>
        h("li", { key: partnerId }, [h("strong", partnerName), " ", h("span", error)])
      ),
    ),
  ]);
}
