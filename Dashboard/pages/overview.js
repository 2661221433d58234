// The overview: the numbers of all partners, the open alerts, and the table of partners.
import { computed, defineComponent, h, shallowRef } from "../vendor/vue.js";
import { isAdmin } from "../api/session.js";
import { AlertList } from "../components/alert-list.js";
import { DataTable, sortFrom, sortSelect, sortText } from "../components/data-table.js";
import { icon } from "../components/icon.js";
import { LimitEditor } from "../components/limit-editor.js";
import { empty, skeleton } from "../components/placeholders.js";
import { counted } from "../format.js";
import { standingOf } from "../level.js";
import { refresh, refreshAll } from "../live/refresh.js";
import { isLoaded, partnerList } from "../live/store.js";
import { link, route, setQuery } from "../router.js";
import { partnerColumns } from "./overview-columns.js";
import { filterBar, matches } from "./overview-filter.js";
import { useSteadyOrder } from "./overview-order.js";
import { Tiles } from "./overview-tiles.js";
import { Wall } from "./overview-wall.js";

const bySeverity = { key: "status", isDown: false };

export default defineComponent({
  name: "OverviewPage",
  setup() {
    const editing = shallowRef(/** @type {{partner: any, anchor: any} | null} */ (null));
    const columns = partnerColumns((partner, anchor) => (editing.value = { partner, anchor }));
    const sort = computed(() => sortFrom(route.query.sort, bySeverity));
    const order = useSteadyOrder(partnerList, columns, sort);
    const rows = computed(() => order.rows.value.filter((entry) => matches(entry, route.query)));

    const table = () => {
      if (!isLoaded.value) return skeleton(10);
      if (partnerList.value.length === 0) return noPartners();
      if (rows.value.length === 0) return noneFound();
      return h("div", { class: "table-frame", ...order.listeners }, [
        h(DataTable, {
          class: "partner-table",
          caption: "Partners",
          columns,
          rows: rows.value,
          sort: sort.value,
          rowKey: (/** @type {any} */ entry) => entry.partner.id,
          rowClass: (/** @type {any} */ entry) => `is-${standingOf(entry).toLowerCase()}`,
          cardHeight: 272,
          onSort: (/** @type {any} */ next) => setQuery({ sort: sortText(next) }),
        }),
      ]);
    };

    return () => {
      if (route.query.wall === "1") return h(Wall);
      return [
        h("div", { class: "page-head" }, [h("h1", "Overview"), isAdmin.value ? headButtons() : null]),
        h(Tiles),
        h(AlertList, { most: 5 }),
        h("section", { class: "partners", "aria-labelledby": "partners-title" }, [
          h("div", { class: "section-head" }, [
            h("h2", { id: "partners-title" }, "Partners"),
            h(
              "p",
              { class: "quiet", role: "status" },
              isLoaded.value ? shownOf(rows.value.length, partnerList.value.length) : "",
            ),
          ]),
          partnerList.value.length > 0
            ? [
              filterBar(partnerList.value, route.query, setQuery),
              sortSelect(columns, sort.value, (next) => setQuery({ sort: sortText(next) })),
            ]
            : null,
          table(),
        ]),
        editing.value
          ? h(LimitEditor, {
            key: editing.value.partner.id,
            partner: editing.value.partner,
            anchor: editing.value.anchor,
            onClose: () => (editing.value = null),
          })
          : null,
      ];
    };
  },
});

/**
 * @param {number} shown
 * @param {number} all
 */
const shownOf = (shown, all) => shown === all ? counted(all, "partner") : `${shown} of ${counted(all, "partner")}`;

function headButtons() {
  const isBusy = refresh.total > 0;
  return h("div", { class: "buttons" }, [
    h(
      "button",
      { type: "button", class: "button", "aria-disabled": isBusy ? "true" : undefined, onClick: refreshAll },
      [
        icon("refresh-cw"),
        isBusy ? `${refresh.done} of ${refresh.total}` : "Refresh",
      ],
    ),
    h("span", { class: "visually-hidden", role: "status" }, isBusy ? "Refreshing all partners" : ""),
    link("/partners/new", { class: "button primary" }, [icon("plus"), "Add partner"]),
  ]);
}

const noPartners = () =>
  empty(
    "database",
    "No partners yet",
    isAdmin.value
      ? "Add the first one: its database, and if need be the SSH host in front of it."
      : "An administrator can add the first one.",
    isAdmin.value ? link("/partners/new", { class: "button primary" }, "Add partner") : null,
  );

const noneFound = () =>
  empty(
    "search-x",
    "No partner matches",
    "Try another name, or show all of them.",
    h("button", {
      type: "button",
      class: "button",
      onClick: () => setQuery({ q: null, level: null, show: null }),
    }, "Clear the filter"),
  );
