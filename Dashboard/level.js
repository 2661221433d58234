// How a partner stands: the words, the order and the look of it. Never told by colour alone.
/** @import {Entry, Level, ListedPartner, Snapshot} from "./types/api.d.ts" */

/**
 * Everything that a row's status can be, worst first. `OFF`, `WAITING` and `STALE` are the page's own.
 * @typedef {Level | "STALE" | "WAITING" | "OFF"} Standing
 */

/** @type {Record<Standing, {label: string, tone: string, icon: string, rank: number}>} */
export const standings = {
  ERROR: { label: "Failing", tone: "critical", icon: "unplug", rank: 0 },
  CRITICAL: { label: "Critical", tone: "critical", icon: "octagon-alert", rank: 1 },
  HIGH: { label: "High", tone: "high", icon: "triangle-alert", rank: 2 },
  STALE: { label: "Stale", tone: "high", icon: "clock-alert", rank: 3 },
  MEDIUM: { label: "Medium", tone: "medium", icon: "circle-alert", rank: 4 },
  WAITING: { label: "No data yet", tone: "idle", icon: "circle-dashed", rank: 5 },
  NORMAL: { label: "Normal", tone: "good", icon: "circle-check", rank: 6 },
  IDLE: { label: "Idle", tone: "idle", icon: "circle-minus", rank: 7 },
  OFF: { label: "Inactive", tone: "off", icon: "circle-pause", rank: 8 },
};

/** @param {Entry} entry @returns {Standing} */
export function standingOf({ partner, snapshot }) {
  if (!partner.isActive) return "OFF";
  if (!snapshot) return isFailing(partner) ? "ERROR" : "WAITING";
  if (snapshot.alertLevel === "ERROR") return "ERROR";
  if (snapshot.isStale) return "STALE";
  return snapshot.alertLevel;
}

/**
 * Whether the last visit that ended failed: one under way makes nothing good yet.
 * @param {ListedPartner} partner
 */
export const isFailing = ({ lastSyncStatus, lastErrorMessage }) =>
  lastSyncStatus === "FAILED" || (lastSyncStatus === "IN_PROGRESS" && Boolean(lastErrorMessage));

/** The colour of a bar that shows how full a partner is. @param {Snapshot} snapshot */
export function toneOf({ isStale, utilizationPercent }) {
  if (isStale) return "idle";
  if (utilizationPercent >= 100) return "critical";
  return utilizationPercent >= 80 ? "medium" : "good";
}

/** Why it stands so, in a sentence; null when there is nothing to say. @param {Entry} entry */
export function reasonOf({ partner, snapshot }) {
  if (!partner.isActive) return null;
  if (!snapshot || snapshot.alertLevel === "ERROR" || snapshot.isStale) {
    return partner.lastErrorMessage ?? snapshot?.alertMessage ?? null;
  }
  return snapshot.alertMessage;
}
