// How numbers and times look. Times are in the business time zone, and say so.
import { live } from "./live/store.js";

const whole = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const oneDecimal = new Intl.NumberFormat("en-US", { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** Shown where there is no number: nobody measured it. */
export const none = "–";

/** @param {number | null | undefined} value */
export const number = (value) => value === null || value === undefined ? none : whole.format(value);

/** @param {number | null | undefined} value */
export const percent = (value) => value === null || value === undefined ? none : `${oneDecimal.format(value)} %`;

/** @param {number} milliseconds */
export function duration(milliseconds) {
  if (milliseconds < 1_000) return `${whole.format(milliseconds)} ms`;
  return `${oneDecimal.format(milliseconds / 1_000)} s`;
}

/**
 * "1 partner", "2 partners".
 * @param {number} count
 * @param {string} noun
 */
export const counted = (count, noun) => `${whole.format(count)} ${noun}${count === 1 ? "" : "s"}`;

/** The zone in which all times are shown. */
export const zone = () => live.settings?.timeZone ?? "UTC";

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {Intl.DateTimeFormatOptions} options */
function format(options) {
  const key = zone() + JSON.stringify(options);
  let known = formats.get(key);
  if (!known) {
    formats.set(key, known = new Intl.DateTimeFormat("en-US", { timeZone: zone(), hourCycle: "h23", ...options }));
  }
  return known;
}

/** @type {Intl.DateTimeFormatOptions} */
const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", timeZoneName: "short" };
/** @type {Intl.DateTimeFormatOptions} */
const day = { day: "numeric", month: "short", year: "numeric" };

/** @typedef {string | number | Date} Instant */

/** "Nov 24, 2026, 14:03:12 EST" @param {Instant | null | undefined} time */
export const dateTime = (time) => time ? format({ ...day, ...clock }).format(new Date(time)) : none;

/** "14:03:12 EST" @param {Instant | null | undefined} time */
export const timeOfDay = (time) => time ? format(clock).format(new Date(time)) : none;

/** "Nov 24, 14:03" for the axis of a chart. @param {Instant} time */
export const shortTime = (time) =>
  format({ month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }).format(new Date(time));

/** "14:03" @param {Instant} time */
export const hourMinute = (time) => format({ hour: "2-digit", minute: "2-digit" }).format(new Date(time));

/** "Nov 24" @param {Instant} time */
export const monthDay = (time) => format({ month: "short", day: "numeric" }).format(new Date(time));

/** The calendar day in the business time zone, `YYYY-MM-DD`. @param {Instant} time */
export function calendarDay(time) {
  const parts = Object.fromEntries(
    format({ year: "numeric", month: "2-digit", day: "2-digit" }).formatToParts(new Date(time)).map((
      { type, value },
    ) => [type, value]),
  );
  return `${parts.year}-${parts.month}-${parts.day}`;
}

/**
 * "42 s ago", "in 3 min".
 * @param {Instant | null | undefined} time
 * @param {number} now milliseconds since 1970
 */
export function relative(time, now) {
  if (!time) return "never";
  const seconds = Math.round((now - new Date(time).getTime()) / 1_000);
  if (Math.abs(seconds) < 2) return "now";
  return seconds > 0 ? `${span(seconds)} ago` : `in ${span(-seconds)}`;
}

/** "42 s", "3 min", "2 h", "5 d" @param {number} seconds */
export function span(seconds) {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3_600)} h`;
  return `${Math.floor(seconds / 86_400)} d`;
}
