// The partner's charts: calls, queue and utilization over a chosen time, with the changes of limit and pause.
/** @import {Bucket, Change, History} from "../types/api.d.ts" */
/** @import {Marker} from "../components/chart.js" */
import { defineComponent, h, watch } from "../vendor/vue.js";
import { partners } from "../api/endpoints.js";
import { serverNow } from "../clock.js";
import { Chart } from "../components/chart.js";
import { useEvery } from "../components/every.js";
import { icon } from "../components/icon.js";
import { useLoad } from "../components/load.js";
import { empty, failure, skeleton } from "../components/placeholders.js";
import { number, percent, shortTime, zone } from "../format.js";
import { live } from "../live/store.js";
import { route, setQuery } from "../router.js";
import { changeText } from "./partner-history.js";

/** @type {Record<string, {label: string, seconds: number}>} */
const ranges = {
  "1h": { label: "1 h", seconds: 3_600 },
  "24h": { label: "24 h", seconds: 86_400 },
  "7d": { label: "7 d", seconds: 7 * 86_400 },
  "90d": { label: "90 d", seconds: 90 * 86_400 },
};
const standard = "24h";
const points = 500;
const newReadingsEvery = 60_000;

export const PartnerCharts = defineComponent({
  name: "PartnerCharts",
  props: {
    partnerId: { type: String, required: true },
    /** @type {any} */
    changes: { type: Array, default: () => [] },
  },
  setup(props) {
    const history = useLoad((signal) => {
      const [from, to] = spanOf(route.query);
      return partners.history(props.partnerId, { from: iso(from), to: iso(to), points }, signal);
    });
    watch(() => [route.query.range, route.query.from, route.query.to], history.load, { immediate: true });
    // What was zoomed into stays as it is.
    useEvery(newReadingsEvery, () => route.query.from || history.refresh());

    const zoom = (/** @type {number[]} */ [from, to]) => to - from >= 60 && setQuery({ from, to });

    return () =>
      h("section", { class: "stack", "aria-labelledby": "charts-title" }, [
        h("div", { class: "section-head" }, [h("h2", { id: "charts-title" }, "Over time"), rangeBar()]),
        plots(history, props.changes, zoom),
        history.value?.series.length
          ? h(
            "p",
            { class: "quiet" },
            `Times in ${zone()}. Drag across a chart to zoom in. The band spans the lowest and the highest value within each step.`,
          )
          : null,
      ]);
  },
});

function rangeBar() {
  const { from, to, range = standard } = route.query;
  return h("div", { class: "range-bar" }, [
    from && to
      ? h("button", { type: "button", class: "button", onClick: () => setQuery({ from: null, to: null }) }, [
        icon("zoom-out"),
        `${shortTime(Number(from) * 1_000)} – ${shortTime(Number(to) * 1_000)}`,
      ])
      : null,
    h(
      "div",
      { class: "segments", role: "group", "aria-label": "Time range" },
      Object.entries(ranges).map(([key, { label }]) =>
        h("button", {
          key,
          type: "button",
          class: "segment",
          "aria-pressed": !from && range === key ? "true" : "false",
          onClick: () => setQuery({ range: key === standard ? null : key, from: null, to: null }),
        }, label)
      ),
    ),
  ]);
}

/**
 * @param {{value: History | null, error: unknown, load: () => void}} history
 * @param {Change[]} changes
 * @param {(span: number[]) => void} onZoom
 */
function plots(history, changes, onZoom) {
  if (history.error) return failure(history.error, history.load);
  if (!history.value) return skeleton(8);
  if (history.value.series.length === 0) {
    return empty("chart-column", "No readings in this time", "Choose a longer time, or wait for the next visit.");
  }
  const drawn = drawing(history.value, changes);
  const common = { times: drawn.times, span: drawn.span, markers: drawn.markers, onZoom };
  return h("div", { class: "chart-grid" }, [
    h(Chart, {
      ...common,
      title: "Calls",
      format: number,
      tick: number,
      lines: [drawn.line("activeCalls", "Active", 0), drawn.line("concurrencyLimit", "Limit", 5, true)].filter(
        hasValues,
      ),
    }),
    h(Chart, {
      ...common,
      title: "Queue",
      format: number,
      tick: number,
      lines: [drawn.line("queuedCalls", "Queued", 1)],
    }),
    h(Chart, {
      ...common,
      title: "Utilization",
      format: percent,
      tick: (/** @type {number} */ value) => `${number(value)} %`,
      lines: [drawn.line("utilizationPercent", "Utilization", 2)],
    }),
  ]);
}

/** @param {{values: (number | null)[]}} line */
const hasValues = (line) => line.values.some((value) => value !== null);

/** @type {WeakMap<History, {changes: Change[], drawing: ReturnType<typeof makeDrawing>}>} */
const drawings = new WeakMap();

/**
 * The same history gives the same arrays, so that charts are drawn anew only for new data.
 * @param {History} history
 * @param {Change[]} changes
 */
function drawing(history, changes) {
  let known = drawings.get(history);
  if (!known || known.changes !== changes) {
    drawings.set(history, known = { changes, drawing: makeDrawing(history, changes) });
  }
  return known.drawing;
}

/**
 * @param {History} history
 * @param {Change[]} changes
 */
function makeDrawing(history, changes) {
  const buckets = withGaps(history);
  const span = [history.from, history.to].map((time) => Date.parse(time) / 1_000);
  const pick = (/** @type {string} */ key, /** @type {keyof Bucket} */ part) =>
    buckets.map(({ bucket }) => bucket?.[key]?.[part] ?? null);
  /** @type {Map<string, import("../components/chart.js").Line>} */
  const lines = new Map();
  return {
    times: buckets.map(({ time }) => time),
    span,
    markers: markersOf(changes, span),
    line(/** @type {string} */ key, /** @type {string} */ label, /** @type {number} */ category, isBound = false) {
      let line = lines.get(key);
      if (!line) {
        const band = isBound ? {} : { low: pick(key, "min"), high: pick(key, "max") };
        lines.set(key, line = { label, colour: `--category-${category}`, isBound, values: pick(key, "mean"), ...band });
      }
      return line;
    },
  };
}

/**
 * Where nobody measured for longer than a partner may be silent before it is stale, the line ends.
 * @param {History} history
 */
function withGaps({ series, stepSeconds }) {
  const longest = 3 * Math.max(stepSeconds, live.settings?.refreshInterval ?? 120);
  /** @type {{time: number, bucket: Record<string, Bucket> | null}[]} */
  const buckets = [];
  for (const { time, ...bucket } of series) {
    const seconds = Date.parse(time) / 1_000;
    const last = buckets[buckets.length - 1];
    if (last && seconds - last.time > longest) buckets.push({ time: last.time + longest / 2, bucket: null });
    buckets.push({ time: seconds, bucket: /** @type {Record<string, Bucket>} */ (bucket) });
  }
  return buckets;
}

/**
 * @param {Change[]} changes
 * @param {number[]} span
 * @returns {Marker[]}
 */
const markersOf = (changes, [from, to]) =>
  changes.map((change) => ({ time: Date.parse(change.changedAt) / 1_000, text: changeText(change) }))
    .filter(({ time }) => time >= from && time <= to);

/**
 * What the address asks for, in seconds since 1970.
 * @param {Record<string, string>} query
 */
function spanOf({ from, to, range = standard }) {
  if (Number(from) > 0 && Number(to) > Number(from)) return [Number(from), Number(to)];
  const end = Math.ceil(serverNow() / 1_000);
  return [end - ranges[Object.hasOwn(ranges, range) ? range : standard].seconds, end];
}

/** @param {number} seconds */
const iso = (seconds) => new Date(seconds * 1_000).toISOString().replace(".000", "");
