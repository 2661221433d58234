// The statistics as a file for a spreadsheet, made in the page. Its sums are those of the page.
/** @import {Result} from "./statistics.js" */
import { statusesOf } from "./statistics-status.js";

/** @param {Result} result */
export function downloadCSV(result) {
  const blob = new Blob([csvOf(result)], { type: "text/csv;charset=utf-8" });
  const anchor = document.createElement("a");
  anchor.href = URL.createObjectURL(blob);
  anchor.download = `jobtalk-statistics-${result.period.start_date}-${result.period.end_date}.csv`;
  anchor.click();
  setTimeout(() => URL.revokeObjectURL(anchor.href), 10_000);
}

/**
 * RFC 4180 with a byte order mark, by which spreadsheets know UTF-8. One row a partner and no row of totals: a column's
 * sum is the total.
 * @param {Result} result
 */
export function csvOf({ rows, period }) {
  const calls = statusesOf(rows.map((row) => row.calls));
  const submittals = statusesOf(rows.map((row) => row.submittals));
  const head = [
    "Partner",
    "Partner id",
    "First day",
    "Last day",
    "Calls",
    ...calls.map((status) => `Calls ${status}`),
    "Submittals",
    ...submittals.map((status) => `Submittals ${status}`),
    "Error",
  ];
  const lines = rows.map((row) => [
    row.partnerName,
    row.partnerId,
    period.start_date,
    period.end_date,
    row.calls.total,
    ...calls.map((status) => row.calls.byStatus[status] ?? 0),
    row.submittals.total,
    ...submittals.map((status) => row.submittals.byStatus[status] ?? 0),
    row.error ?? "",
  ]);
  return "\uFEFF" + [head, ...lines].map((line) => line.map(cell).join(",") + "\r\n").join("");
}

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe before it.
 * @param {string | number} value
 */
function cell(value) {
  if (typeof value === "number") return String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
