// The statistics partner by partner: stacked bars and the counts of each status.
/** @import {PeriodOfPartner} from "../types/api.d.ts" */
/** @import {Column} from "../components/data-table.js" */
import { computed, defineComponent, h } from "../vendor/vue.js";
import { stackedBar } from "../components/bars.js";
import { DataTable, sorted, sortFrom, sortText } from "../components/data-table.js";
import { number } from "../format.js";
import { link, route, setQuery } from "../router.js";
import { categoryOf, statusesOf } from "./statistics-status.js";

const byCalls = { key: "calls", isDown: true };
// More columns than this do not fit; the rest is in the bar, the page of the partner and the CSV.
const mostColumns = 4;

export const PartnerBreakdown = defineComponent({
  name: "PartnerBreakdown",
  /** @type {any} */
  props: { rows: { type: Array, required: true } },
  setup(props) {
    const statuses = computed(() => statusesOf(props.rows.map((/** @type {PeriodOfPartner} */ { calls }) => calls)));
    const columns = computed(() => columnsOf(props.rows, statuses.value));
    const sort = computed(() => sortFrom(route.query.sort, byCalls));
    return () =>
      h("section", { class: "stack", "aria-labelledby": "breakdown-title" }, [
        h("div", { class: "section-head" }, [h("h2", { id: "breakdown-title" }, "By partner"), legend(statuses.value)]),
        h("div", { class: "table-frame" }, [
          h(DataTable, {
            class: "breakdown-table",
            caption: "Calls and submittals by partner",
            columns: columns.value,
            rows: sorted(props.rows, columns.value, sort.value),
            sort: sort.value,
            rowKey: (/** @type {PeriodOfPartner} */ { partnerId }) => partnerId,
            cardHeight: 232,
            onSort: (/** @type {any} */ next) => setQuery({ sort: sortText(next) }),
          }),
        ]),
      ]);
  },
});

/** @param {string[]} statuses */
const legend = (statuses) =>
  h(
    "p",
    { class: "legend" },
    statuses.map((status) =>
      h("span", { key: status, class: ["legend-item", `category-${categoryOf(statuses)(status)}`] }, [h("i"), status])
    ),
  );

/**
 * @param {PeriodOfPartner[]} rows
 * @param {string[]} statuses
 * @returns {Column[]}
 */
function columnsOf(rows, statuses) {
  const most = Math.max(...rows.map(({ calls }) => calls.total));
  const colour = categoryOf(statuses);
  return [
    {
      key: "name",
      label: "Partner",
      isHead: true,
      sort: (row) => row.partnerName,
      cell: (row) => link(`/partners/${row.partnerId}`, { class: "row-name" }, row.partnerName),
    },
    {
      key: "calls",
      label: "Calls",
      right: true,
      sort: (row) => row.calls.total,
      cell: (row) => count(row, row.calls.total),
    },
    {
      key: "bar",
      label: "By status",
      cell: (row) =>
        row.error
          ? h("span", { class: "error", title: row.error }, "could not be read")
          : stackedBar(row.calls.byStatus, statuses, colour, most),
    },
    ...statuses.slice(0, mostColumns).map((status) => /** @type {Column} */ ({
      key: `status-${status}`,
      label: status,
      right: true,
      from: "middle",
      sort: (row) => row.calls.byStatus[status] ?? 0,
      cell: (row) => count(row, row.calls.byStatus[status] ?? 0),
    })),
    {
      key: "submittals",
      label: "Submittals",
      right: true,
      sort: (row) => row.submittals.total,
      cell: (row) => count(row, row.submittals.total),
    },
  ];
}

/**
 * Zeros that nobody counted are not shown as numbers.
 * @param {PeriodOfPartner} row
 * @param {number} value
 */
const count = ({ error }, value) => h("span", { class: ["number", { quiet: error }] }, error ? "–" : number(value));
