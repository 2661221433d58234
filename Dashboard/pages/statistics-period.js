// Which days the statistics cover: presets and two dates, in the business time zone, kept in the address.
/** @import {Entry} from "../types/api.d.ts" */
import { computed, h } from "../vendor/vue.js";
import { now } from "../clock.js";
import { calendarDay, zone } from "../format.js";
import { route, setQuery } from "../router.js";

const day = 86_400_000;
/** Calendar arithmetic on `YYYY-MM-DD`, free of any zone. @param {string} date @param {number} days */
const plus = (date, days) => new Date(Date.parse(`${date}T00:00:00Z`) + days * day).toISOString().slice(0, 10);
/** A page that is left open begins a new day at midnight. */
const businessDay = computed(() => calendarDay(now.value));
const today = () => businessDay.value;
const monthStart = (/** @type {string} */ date) => `${date.slice(0, 8)}01`;

/** @type {Record<string, {label: string, days: () => [string, string]}>} */
const presets = {
  "today": { label: "Today", days: () => [today(), today()] },
  "yesterday": { label: "Yesterday", days: () => [plus(today(), -1), plus(today(), -1)] },
  "7d": { label: "Last 7 days", days: () => [plus(today(), -6), today()] },
  "30d": { label: "Last 30 days", days: () => [plus(today(), -29), today()] },
  "month": { label: "This month", days: () => [monthStart(today()), today()] },
  "last-month": {
    label: "Last month",
    days: () => {
      const end = plus(monthStart(today()), -1);
      return [monthStart(end), end];
    },
  },
};
const standard = "7d";

/**
 * @param {Record<string, string>} query
 * @returns {{start_date: string, end_date: string}}
 */
export function periodOf({ from, to, period = standard }) {
  if (isDay(from) && isDay(to)) return { start_date: from, end_date: to };
  const [start, end] = presets[Object.hasOwn(presets, period) ? period : standard].days();
  return { start_date: start, end_date: end };
}

/** An address may say anything. @param {string | undefined} text */
function isDay(text = "") {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(text) : NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}

/** @param {Entry[]} list */
export function periodBar(list) {
  const { start_date, end_date } = periodOf(route.query);
  const { period = standard, from } = route.query;
  const pick = (/** @type {string} */ key) => setQuery({ period: key === standard ? null : key, from: null, to: null });
  return h("div", { class: "filters period-bar" }, [
    h("select", {
      class: "input narrow",
      "aria-label": "Partner",
      value: route.query.partner ?? "",
      onChange: (/** @type {any} */ event) => setQuery({ partner: event.target.value }),
    }, [
      h("option", { value: "" }, "All active partners"),
      ...list.map(({ partner }) => h("option", { key: partner.id, value: partner.id }, partner.partnerName)),
    ]),
    h(
      "div",
      { class: "segments", role: "group", "aria-label": "Period" },
      Object.entries(presets).map(([key, { label }]) =>
        h("button", {
          key,
          type: "button",
          class: "segment",
          "aria-pressed": !from && period === key ? "true" : "false",
          onClick: () => pick(key),
        }, label)
      ),
    ),
    h("div", { class: "dates" }, [
      date(
        "First day",
        start_date,
        (value) => setQuery({ from: value, to: value > end_date ? value : end_date, period: null }),
      ),
      h("span", { "aria-hidden": "true" }, "–"),
      date(
        "Last day",
        end_date,
        (value) => setQuery({ from: value < start_date ? value : start_date, to: value, period: null }),
      ),
      h("span", { class: "quiet" }, zone()),
    ]),
  ]);
}

/**
 * @param {string} label
 * @param {string} value
 * @param {(value: string) => void} onPick
 */
const date = (label, value, onPick) =>
  h("input", {
    type: "date",
    class: "input narrow",
    "aria-label": label,
    value,
    required: true,
    onChange: (/** @type {any} */ event) => event.target.value && onPick(event.target.value),
  });
