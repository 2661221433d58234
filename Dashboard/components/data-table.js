// The one table. Only the rows in sight are drawn; on a phone they become cards.
import { defineComponent, h, onBeforeUnmount, onMounted, shallowRef, watch } from "../vendor/vue.js";
import { icon } from "./icon.js";
import { useMoment } from "./live-number.js";

/**
 * @typedef {object} Column
 * @property {string} key
 * @property {string} label
 * @property {(row: any, before: any) => any} cell `before` is the row before a change of just now, else null
 * @property {(row: any) => string | number | boolean | null} [sort] by what it is sorted, if it can be
 * @property {boolean} [right] numbers stand on the right
 * @property {"small" | "middle" | "wide"} [from] left out on narrower screens
 * @property {string} [hint] what the number means
 * @property {string} [under] what stands below the number
 * @property {boolean} [isHead] names the row
 */

/** @typedef {{key: string, isDown: boolean}} Sort */

// Rows drawn beyond what is seen, and how many the window moves by: fewer redraws while scrolling.
const spare = 6;
const step = 2;
// So few rows are drawn all at once.
const few = 60;
const phone = matchMedia("(max-width: 719px)");

export const DataTable = defineComponent({
  name: "DataTable",
  props: {
    caption: { type: String, required: true },
    /** @type {any} */
    columns: { type: Array, required: true },
    /** In the order in which they are shown. @type {any} */
    rows: { type: Array, required: true },
    rowKey: { type: Function, required: true },
    rowClass: { type: Function, default: () => null },
    /** @type {any} */
    sort: { type: Object, default: null },
    rowHeight: { type: Number, default: 44 },
    cardHeight: { type: Number, default: 160 },
  },
  emits: ["sort"],
  setup(props, { emit }) {
    const body = shallowRef(/** @type {HTMLElement | null} */ (null));
    const isCards = shallowRef(phone.matches);
    const first = shallowRef(0);
    const last = shallowRef(few);
    const height = () => isCards.value ? props.cardHeight : props.rowHeight;

    /** Where the body of the table begins in the document. Asked for rarely: an answer may cost a layout. */
    let top = 0;
    let scrolled = scrollY;
    function measure() {
      if (body.value) top = body.value.getBoundingClientRect().top + scrollY;
      follow();
    }
    function follow() {
      scrolled = scrollY;
      lookSoon();
    }

    function look() {
      if (props.rows.length <= few) {
        first.value = 0;
        last.value = few;
        return;
      }
      const above = scrolled - top;
      const from = Math.floor(above / height()) - spare;
      const to = Math.ceil((above + innerHeight) / height()) + spare;
      const most = Math.max(0, props.rows.length - step);
      first.value = Math.min(most, Math.max(0, Math.floor(from / step) * step));
      last.value = Math.max(first.value + step, Math.ceil(to / step) * step);
    }

    let isWaiting = false;
    function lookSoon() {
      if (isWaiting) return;
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        look();
      });
    }
    function changeShape() {
      isCards.value = phone.matches;
      measure();
    }

    // What stands above may grow or shrink without a scroll.
    const moved = new ResizeObserver(measure);
    onMounted(() => {
      moved.observe(document.body);
      addEventListener("scroll", follow, { passive: true });
      addEventListener("resize", measure, { passive: true });
      phone.addEventListener("change", changeShape);
      measure();
    });
    onBeforeUnmount(() => {
      moved.disconnect();
      removeEventListener("scroll", follow);
      removeEventListener("resize", measure);
      phone.removeEventListener("change", changeShape);
    });
    watch(() => props.rows.length, lookSoon);

    return () => {
      const shown = props.rows.slice(first.value, last.value);
      const below = Math.max(0, props.rows.length - last.value);
      return h("table", {
        class: ["data-table", { cards: isCards.value, whole: props.rows.length <= few }],
        role: "table",
        "aria-rowcount": props.rows.length + 1,
        style: { "--row-height": `${props.rowHeight}px`, "--card-height": `${props.cardHeight}px` },
      }, [
        h("caption", { class: "visually-hidden" }, props.caption),
        h("thead", { role: "rowgroup" }, [
          h(
            "tr",
            { role: "row", "aria-rowindex": 1 },
            props.columns.map((/** @type {Column} */ column) => header(column, props.sort, emit)),
          ),
        ]),
        h("tbody", { role: "rowgroup", ref: body }, [
          spacer(first.value * height(), props.columns.length, "above"),
          ...shown.map((/** @type {any} */ row, /** @type {number} */ index) =>
            h(Row, {
              key: props.rowKey(row),
              row,
              columns: props.columns,
              index: first.value + index + 2,
              extraClass: props.rowClass(row),
              isCard: isCards.value,
            })
          ),
          spacer(below * height(), props.columns.length, "below"),
        ]),
      ]);
    };
  },
});

const Row = defineComponent({
  name: "Row",
  props: ["row", "columns", "index", "extraClass", "isCard"],
  setup(props) {
    /** What the row was before its last change. */
    let before = /** @type {any} */ (null);
    watch(() => props.row, (_, old) => (before = old), { flush: "sync" });
    const isNew = useMoment(() => props.row);
    return () =>
      h(
        "tr",
        { role: "row", "aria-rowindex": props.index, class: props.extraClass },
        cells(props, isNew.value ? before : null),
      );
  },
});

/**
 * @param {any} props
 * @param {any} before null when nothing changed lately
 */
const cells = ({ columns, row, isCard }, before) =>
  columns.map((/** @type {Column} */ column) =>
    h(column.isHead ? "th" : "td", {
      key: column.key,
      role: column.isHead ? "rowheader" : "cell",
      scope: column.isHead ? "row" : undefined,
      class: shape(column),
      "data-label": isCard ? column.label : undefined,
    }, [column.cell(row, before)])
  );

/** @param {Column} column */
const shape = ({ key, right, from }) => `col-${key}${right ? " right" : ""}${from ? ` from-${from}` : ""}`;

/**
 * @param {number} height
 * @param {number} columns
 * @param {string} key
 */
const spacer = (height, columns, key) =>
  height > 0
    ? h("tr", { key, class: "spacer", "aria-hidden": "true" }, [
      h("td", { colspan: columns, style: { height: `${height}px` } }),
    ])
    : null;

/**
 * @param {Column} column
 * @param {Sort | null} sort
 * @param {(event: "sort", sort: Sort) => void} emit
 */
function header(column, sort, emit) {
  const isSorted = sort?.key === column.key;
  const direction = isSorted ? (sort.isDown ? "descending" : "ascending") : "none";
  // Numbers are first asked for from the largest.
  const next = isSorted ? !sort.isDown : Boolean(column.right);
  const button = () =>
    h(
      "button",
      { type: "button", title: column.hint, onClick: () => emit("sort", { key: column.key, isDown: next }) },
      [
        column.under ? h("span", [column.label, h("small", column.under)]) : column.label,
        icon(isSorted ? (sort.isDown ? "arrow-down" : "arrow-up") : "chevrons-up-down"),
      ],
    );
  return h("th", {
    key: column.key,
    role: "columnheader",
    scope: "col",
    class: shape(column),
    "aria-sort": column.sort ? direction : undefined,
  }, [column.sort ? button() : h("span", { title: column.hint }, column.label)]);
}

/**
 * Rows in the order of a column; what has no value comes last either way.
 * @template T
 * @param {T[]} rows
 * @param {Column[]} columns
 * @param {Sort | null} sort
 * @returns {T[]}
 */
export function sorted(rows, columns, sort) {
  const by = columns.find((column) => column.key === sort?.key)?.sort;
  if (!by || !sort) return rows;
  const sign = sort.isDown ? -1 : 1;
  return rows.map((row) => ({ row, value: by(row) })).sort((a, b) => {
    if (a.value === null || b.value === null) return a.value === b.value ? 0 : a.value === null ? 1 : -1;
    return sign * compare(a.value, b.value);
  }).map(({ row }) => row);
}

const byText = new Intl.Collator("en", { sensitivity: "base", numeric: true }).compare;

/**
 * @param {string | number | boolean} a
 * @param {string | number | boolean} b
 */
const compare = (a, b) => typeof a === "string" ? byText(a, String(b)) : Number(a) - Number(b);

/**
 * Sorting for where the table has no header: cards on a phone.
 * @param {Column[]} columns
 * @param {Sort} sort
 * @param {(sort: Sort) => void} onSort
 */
export const sortSelect = (columns, sort, onSort) =>
  h(
    "select",
    {
      class: "input phone-only",
      "aria-label": "Sort by",
      value: sortText(sort),
      onChange: (/** @type {any} */ event) => onSort(sortFrom(event.target.value, sort)),
    },
    columns.filter(({ sort: by }) => by).flatMap(({ key, label }) => [
      h("option", { key, value: key }, `${label}, ascending`),
      h("option", { key: `-${key}`, value: `-${key}` }, `${label}, descending`),
    ]),
  );

/**
 * The sort that an address names, as `key` or `-key`.
 * @param {string | undefined} text
 * @param {Sort} standard
 * @returns {Sort}
 */
export const sortFrom = (text, standard) =>
  text ? { key: text.replace(/^-/, ""), isDown: text.startsWith("-") } : standard;

/** @param {Sort} sort */
export const sortText = (sort) => (sort.isDown ? "-" : "") + sort.key;
