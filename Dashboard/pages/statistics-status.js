// Which statuses there are, in which order, and in which colour.
/** @import {Count} from "../types/api.d.ts" */

/** The usual ones have the same colour everywhere. @type {Record<string, number>} */
const usual = {
  ENDED: 0,
  INPROGRESS: 2,
  QUEUED: 6,
  FAILED: 1,
  CANCELLED: 5,
  submitted: 0,
  pending: 6,
  approved: 2,
  rejected: 1,
};
const others = [3, 4, 7];

/**
 * All statuses that occur, the most frequent first.
 * @param {Count[]} counts
 */
export function statusesOf(counts) {
  /** @type {Record<string, number>} */
  const sums = {};
  for (const { byStatus } of counts) {
    for (const [status, count] of Object.entries(byStatus)) sums[status] = (sums[status] ?? 0) + count;
  }
  return Object.keys(sums).sort((a, b) => sums[b] - sums[a] || (a < b ? -1 : 1));
}

/** @param {string[]} statuses */
export function categoryOf(statuses) {
  const unusual = statuses.filter((status) => !(status in usual)).sort();
  return (/** @type {string} */ status) => usual[status] ?? others[unusual.indexOf(status) % others.length] ?? 5;
}
