// The one chart: lines over time on uPlot. Gaps stay gaps; drag to zoom; markers for what was changed.
import { defineComponent, h, markRaw, onBeforeUnmount, onMounted, shallowRef, watch } from "../vendor/vue.js";
import { shortTime } from "../format.js";
import { stylesheet } from "../stylesheets.js";
import { colourChanges } from "../themes.js";
import { lookForUpgrade } from "../upgrade.js";
import { axis, colours, drawMarkers, inZone, roof, ticks } from "./chart-drawing.js";

/**
 * @typedef {object} Line
 * @property {string} label
 * @property {string} colour a design token, "--category-0"
 * @property {(number | null)[]} values
 * @property {(number | null)[]} [low] the least within each step
 * @property {(number | null)[]} [high]
 * @property {boolean} [isBound] a limit rather than a measurement: drawn as dashed steps
 */

/** @typedef {{time: number, text: string}} Marker time in seconds since 1970 */

const height = 190;
// Nearer than this to a marker, in pixels, and its text is shown.
const near = 8;

export const Chart = defineComponent({
  name: "Chart",
  props: {
    title: { type: String, required: true },
    /** Seconds since 1970. @type {any} */
    times: { type: Array, required: true },
    /** @type {any} */
    lines: { type: Array, required: true },
    /** @type {any} */
    markers: { type: Array, default: () => [] },
    /** What the time axis spans, seconds since 1970. @type {any} */
    span: { type: Array, required: true },
    format: { type: Function, required: true },
    /** The same in short, for the axis. */
    tick: { type: Function, required: true },
  },
  emits: ["zoom"],
  setup(props, { emit }) {
    const place = shallowRef(/** @type {HTMLElement | null} */ (null));
    const at = shallowRef(/** @type {number | null} */ (null));
    const marker = shallowRef(/** @type {Marker | null} */ (null));
    const isFailed = shallowRef(false);
    /** @type {any} */
    let plot = null;
    let isGone = false;

    async function draw() {
      const UPlot = await loadUPlot().catch(() => null);
      isFailed.value = !UPlot;
      if (!UPlot) lookForUpgrade();
      if (isGone || !UPlot || !place.value) return;
      plot?.destroy();
      plot = markRaw(new UPlot(options(), data(), place.value));
    }

    const bands = () => props.lines.filter((/** @type {Line} */ line) => line.low && line.high);
    const data = () => [
      props.times,
      ...props.lines.map((/** @type {Line} */ line) => line.values),
      ...bands().flatMap((/** @type {Line} */ line) => [line.high, line.low]),
    ];

    function options() {
      const colour = colours(/** @type {HTMLElement} */ (place.value));
      const first = props.lines.length + 1;
      return {
        width: place.value?.clientWidth ?? 600,
        height,
        tzDate: (/** @type {number} */ time) => inZone(time),
        legend: { show: false },
        padding: [14, 8, 0, 0],
        scales: {
          x: { range: () => props.span },
          y: { range: (/** @type {any} */ _, /** @type {number} */ __, /** @type {number} */ high) => [0, roof(high)] },
        },
        axes: [
          axis(colour, { values: ticks, space: 70, size: 24 }),
          axis(colour, {
            size: 46,
            values: (/** @type {any} */ _, /** @type {number[]} */ all) => all.map((value) => props.tick(value)),
          }),
        ],
        series: [
          {},
          ...props.lines.map((/** @type {Line} */ line) => ({
            stroke: colour(line.colour),
            width: line.isBound ? 1 : 1.75,
            dash: line.isBound ? [4, 4] : undefined,
            points: { show: props.times.length < 60 && !line.isBound, size: 4 },
          })),
          ...bands().flatMap(() => [{ width: 0, points: { show: false } }, { width: 0, points: { show: false } }]),
        ],
        bands: bands().map((/** @type {Line} */ line, /** @type {number} */ index) => ({
          series: [first + index * 2, first + index * 2 + 1],
          fill: colour(line.colour, 0.14),
        })),
        cursor: {
          sync: { key: "time" },
          drag: { x: true, y: false, setScale: false },
          points: { size: 7 },
          y: false,
        },
        hooks: {
          setCursor: [(/** @type {any} */ u) => point(u)],
          setSelect: [(/** @type {any} */ u) => zoom(u)],
          draw: [(/** @type {any} */ u) => drawMarkers(u, props.markers, colour)],
        },
      };
    }

    /** @param {any} u */
    function point(u) {
      at.value = u.cursor.idx ?? null;
      const { left } = u.cursor;
      marker.value = left < 0
        ? null
        : props.markers.find((/** @type {Marker} */ { time }) => Math.abs(u.valToPos(time, "x") - left) < near) ?? null;
    }

    /** @param {any} u */
    function zoom(u) {
      const { left, width } = u.select;
      if (width > 5) emit("zoom", [u.posToVal(left, "x"), u.posToVal(left + width, "x")].map(Math.round));
      if (width > 0) u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    }

    /** @param {KeyboardEvent} event */
    function press(event) {
      const moves = { ArrowLeft: -1, ArrowRight: 1 };
      if (!(event.key in moves) || props.times.length === 0 || !plot) return;
      event.preventDefault();
      const from = at.value ?? (event.key === "ArrowLeft" ? props.times.length : -1);
      const next = Math.max(0, Math.min(props.times.length - 1, from + moves[/** @type {keyof moves} */ (event.key)]));
      plot.setCursor({ left: plot.valToPos(props.times[next], "x"), top: 20 });
    }

    const resize = new ResizeObserver(() => {
      if (plot && place.value) plot.setSize({ width: place.value.clientWidth, height });
    });
    onMounted(() => {
      draw();
      if (place.value) resize.observe(place.value);
    });
    onBeforeUnmount(() => {
      isGone = true;
      resize.disconnect();
      plot?.destroy();
    });
    watch([() => props.lines, () => props.markers, () => props.span, colourChanges], draw);

    return () =>
      h("figure", { class: "chart" }, [
        h("figcaption", [h("h3", props.title), legend(props, at.value, marker.value)]),
        isFailed.value ? h("p", { class: "quiet" }, "The chart's code could not be loaded.") : null,
        h("div", {
          ref: place,
          class: "plot",
          role: "img",
          tabindex: 0,
          "aria-label": summary(props),
          onKeydown: press,
        }),
      ]);
  },
});

/** @type {Promise<any> | null} */
let loading = null;

/** uPlot and its style come with the first chart: the first view does without. */
function loadUPlot() {
  loading ??= (async () => {
    const [uplot] = await Promise.all([import("../vendor/uplot.js"), stylesheet("vendor/uplot.css")]);
    return uplot.default;
  })();
  loading.catch(() => (loading = null));
  return loading;
}

/**
 * The values under the cross-hair, or the latest.
 * @param {any} props
 * @param {number | null} at
 * @param {Marker | null} marker
 */
function legend({ lines, times, format }, at, marker) {
  const index = at ?? times.length - 1;
  return h("p", { class: "legend" }, [
    marker ? h("strong", { class: "legend-marker" }, marker.text) : null,
    at !== null && times[at] ? h("span", { class: "number" }, shortTime(times[at] * 1_000)) : null,
    ...lines.map((/** @type {Line} */ line) => {
      const value = line.values[index];
      return h("span", { key: line.label, class: ["legend-item", line.colour.slice(2)] }, [
        h("i"),
        line.label,
        h("b", { class: "number" }, value === null || value === undefined ? "–" : format(value)),
      ]);
    }),
  ]);
}

/** @param {any} props */
function summary({ title, lines, format }) {
  const parts = lines.map((/** @type {Line} */ line) => {
    const known = /** @type {number[]} */ (line.values.filter((value) => value !== null));
    if (known.length === 0) return `${line.label}: no readings`;
    const last = known[known.length - 1];
    return `${line.label}: from ${format(Math.min(...known))} to ${format(Math.max(...known))}, last ${format(last)}`;
  });
  return `Chart of ${title}. ${parts.join(". ")}. Move with the left and right arrow keys.`;
}
