// The wall screen (`?wall=1`): large type for across the room, nothing to click.
import { computed, defineComponent, h, shallowRef } from "../vendor/vue.js";
import { now } from "../clock.js";
import { standingBadge } from "../components/badge.js";
import { ConnectionState } from "../components/connection-state.js";
import { icon } from "../components/icon.js";
import { LiveNumber } from "../components/live-number.js";
import { skeleton } from "../components/placeholders.js";
import { number, percent, timeOfDay } from "../format.js";
import { reasonOf, standingOf, standings } from "../level.js";
import { live, partnerList } from "../live/store.js";
import { stylesheet } from "../stylesheets.js";

// More would be too small to read; the rest is counted.
const most = 8;
const calm = new Set(["NORMAL", "IDLE", "OFF"]);

export const Wall = defineComponent({
  name: "Wall",
  setup() {
    const troubled = computed(() =>
      partnerList.value.filter((entry) => !calm.has(standingOf(entry)))
        .sort((a, b) => standings[standingOf(a)].rank - standings[standingOf(b)].rank)
    );
    const isStyled = shallowRef(false);
    // Plain is better than nothing.
    stylesheet("styles/pages/overview-wall.css").catch(() => {}).then(() => (isStyled.value = true));
    return () => {
      const { overview } = live;
      if (!overview || !isStyled.value) return skeleton(8);
      return [
        h("div", { class: "wall-head" }, [
          h("h1", "JobTalk"),
          h(ConnectionState),
          h("p", { class: "wall-clock number" }, timeOfDay(now.value)),
        ]),
        h("section", { class: "wall-numbers", "aria-label": "Totals" }, [
          large("Active calls", overview.activeCalls),
          large("Queued", overview.queuedCalls),
          large("Utilization", overview.avgUtilization, percent),
          large("Completed today", overview.completedCallsToday),
          large("Remaining", overview.remainingCalls),
          large("Running campaigns", overview.runningCampaigns),
        ]),
        h("section", { class: "wall-trouble", "aria-label": "Partners in trouble" }, trouble(troubled.value)),
        h(
          "p",
          { class: "wall-foot" },
          `${number(overview.freshPartners)} of ${number(overview.activePartners)} active partners with fresh readings`,
        ),
      ];
    };
  },
});

/**
 * @param {string} label
 * @param {number} value
 * @param {(value: number) => string} [format]
 */
const large = (label, value, format = number) =>
  h("div", { key: label, class: "wall-number" }, [h(LiveNumber, { value, format }), h("h2", label)]);

/** @param {import("../types/api.d.ts").Entry[]} list */
function trouble(list) {
  if (partnerList.value.length === 0) return h("p", "No partners yet");
  if (list.length === 0) return h("p", { class: "wall-calm" }, [icon("circle-check"), "All partners are well"]);
  const rest = list.length - most;
  return [
    h(
      "ul",
      list.slice(0, most).map((entry) =>
        h("li", { key: entry.partner.id }, [
          standingBadge(standingOf(entry)),
          h("strong", entry.partner.partnerName),
          h("span", reasonOf(entry)),
        ])
      ),
    ),
    rest > 0 ? h("p", `and ${number(rest)} more`) : null,
  ];
}
