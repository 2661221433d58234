// The ten numbers of the overview, with their course over the last 24 hours.
/** @import {History, Overview} from "../types/api.d.ts" */
import { defineComponent, h } from "../vendor/vue.js";
import { dashboard } from "../api/endpoints.js";
import { useEvery } from "../components/every.js";
import { LiveNumber } from "../components/live-number.js";
import { useLoad } from "../components/load.js";
import { skeleton } from "../components/placeholders.js";
import { sparkline } from "../components/sparkline.js";
import { TimeAgo } from "../components/time-ago.js";
import { number, percent } from "../format.js";
import { live } from "../live/store.js";

// Steps of a quarter of an hour.
const points = 96;
const courseEvery = 300_000;

/** @type {{key: keyof Overview, label: string, history: string, format?: (value: number) => string}[]} */
const metrics = [
  { key: "activeCalls", label: "Active calls", history: "activeCalls" },
  { key: "queuedCalls", label: "Queued calls", history: "queuedCalls" },
  { key: "avgUtilization", label: "Average utilization", history: "avgUtilization", format: percent },
  { key: "completedCallsToday", label: "Completed today", history: "completedCallsToday" },
  { key: "remainingCalls", label: "Remaining calls", history: "remainingCalls" },
  { key: "runningCampaigns", label: "Running campaigns", history: "runningCampaigns" },
  { key: "campaignsToday", label: "Campaigns today", history: "campaignsToday" },
];

export const Tiles = defineComponent({
  name: "Tiles",
  setup() {
    const course = useLoad((signal) => dashboard.history(points, signal));
    course.load();
    useEvery(courseEvery, course.refresh);

    return () => {
      const { overview } = live;
      if (!overview) return h("section", { class: "tiles", "aria-label": "Totals" }, [skeleton(3)]);
      return h("section", { class: "tiles", "aria-label": "Totals" }, [
        ...metrics.map(({ key, label, history, format = number }) =>
          tile(
            label,
            h(LiveNumber, { value: /** @type {number} */ (overview[key]), format }),
            sparkline(courseOf(course.value, history), `${label} over the last 24 hours`),
          )
        ),
        tile(
          "Active partners",
          h(LiveNumber, { value: overview.activePartners }),
          h("p", { class: "tile-note" }, freshness(overview)),
        ),
        tile(
          "All partners",
          h(LiveNumber, { value: overview.totalPartners }),
          h("p", { class: "tile-note" }, `${number(overview.totalPartners - overview.activePartners)} inactive`),
        ),
        tile(
          "Last updated",
          h(TimeAgo, { time: overview.lastUpdated }),
          h("p", { class: "tile-note" }, "newest reading"),
        ),
      ]);
    };
  },
});

/**
 * @param {string} label
 * @param {any} value
 * @param {any} below
 */
const tile = (label, value, below) =>
  h("div", { key: label, class: "tile" }, [h("h2", label), h("div", { class: "tile-value" }, [value]), below]);

/** @param {Overview} overview */
const freshness = ({ freshPartners, stalePartners }) =>
  stalePartners === 0 ? "all readings fresh" : `${number(freshPartners)} fresh, ${number(stalePartners)} not`;

/**
 * One value a bucket, `null` where there is none.
 * @param {History | null} history
 * @param {string} key
 * @returns {(number | null)[]}
 */
function courseOf(history, key) {
  if (!history || history.series.length === 0) return [];
  const start = Date.parse(history.from);
  const values = Array(Math.ceil((Date.parse(history.to) - start) / 1_000 / history.stepSeconds)).fill(null);
  for (const bucket of history.series) {
    const index = Math.round((Date.parse(bucket.time) - start) / 1_000 / history.stepSeconds);
    if (index in values) values[index] = bucket[key]?.mean ?? null;
  }
  return values;
}
