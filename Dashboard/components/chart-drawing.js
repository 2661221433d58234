// What uPlot needs to draw as the page does: its colours, its clock, its axes, the markers.
/** @import {Marker} from "./chart.js" */
import { hourMinute, monthDay, zone } from "../format.js";

/**
 * A canvas knows no design tokens: the browser says what colour one is at the moment.
 * @param {HTMLElement} place
 */
export function colours(place) {
  const probe = document.createElement("span");
  return (/** @type {string} */ token, opacity = 1) => {
    place.append(probe);
    probe.style.color = opacity === 1
      ? `var(${token})`
      : `color-mix(in srgb, var(${token}) ${opacity * 100}%, transparent)`;
    const { color } = getComputedStyle(probe);
    probe.remove();
    return color;
  };
}

/**
 * @param {(token: string) => string} colour
 * @param {object} more
 */
export const axis = (colour, more) => ({
  stroke: colour("--text-3"),
  font: "11px Inter, system-ui, sans-serif",
  grid: { stroke: colour("--line"), width: 1 },
  ticks: { show: false },
  ...more,
});

/**
 * @param {any} _
 * @param {number[]} splits seconds since 1970
 * @param {number} __
 * @param {number} ___
 * @param {number} step seconds between two
 */
export const ticks = (_, splits, __, ___, step) =>
  splits.map((time) => {
    const clock = hourMinute(time * 1_000);
    return step >= 86_400 || clock === "00:00" ? monthDay(time * 1_000) : clock;
  });

/**
 * A date whose local fields are those of the business time zone: uPlot puts its ticks by them.
 * @param {number} time seconds since 1970
 */
export function inZone(time) {
  const date = new Date(time * 1_000);
  const parts = Object.fromEntries(zoneParts().formatToParts(date).map(({ type, value }) => [type, Number(value)]));
  return new Date(
    parts.year,
    parts.month - 1,
    parts.day,
    parts.hour,
    parts.minute,
    parts.second,
    date.getMilliseconds(),
  );
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const partFormats = new Map();

function zoneParts() {
  let known = partFormats.get(zone());
  if (!known) {
    known = new Intl.DateTimeFormat("en-US", {
      timeZone: zone(),
      hourCycle: "h23",
      year: "numeric",
      month: "numeric",
      day: "numeric",
      hour: "numeric",
      minute: "numeric",
      second: "numeric",
    });
    partFormats.set(zone(), known);
  }
  return known;
}

/**
 * Some room above the highest value; something to see where all are zero.
 * @param {number | null} high
 */
export const roof = (high) => high ? high * 1.08 : 1;

/**
 * @param {any} u
 * @param {Marker[]} markers
 * @param {(token: string) => string} colour
 */
export function drawMarkers({ ctx, bbox, valToPos }, markers, colour) {
  const scale = devicePixelRatio;
  ctx.save();
  ctx.strokeStyle = ctx.fillStyle = colour("--category-3");
  ctx.lineWidth = scale;
  ctx.setLineDash([3 * scale, 3 * scale]);
  for (const { time } of markers) {
    const x = Math.round(valToPos(time, "x", true));
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    ctx.beginPath();
    ctx.moveTo(x - 4 * scale, bbox.top - 7 * scale);
    ctx.lineTo(x + 4 * scale, bbox.top - 7 * scale);
    ctx.lineTo(x, bbox.top);
    ctx.fill();
  }
  ctx.restore();
}
