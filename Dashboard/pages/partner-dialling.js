// "Why is it not dialling?": everything that can keep a partner from calling, each with the fact behind it.
/** @import {Change, Entry, Partner, Snapshot} from "../types/api.d.ts" */
import { h } from "../vendor/vue.js";
import { now } from "../clock.js";
import { icon } from "../components/icon.js";
import { counted, dateTime, number, percent, relative } from "../format.js";
import { isFailing, standings } from "../level.js";

/**
 * @typedef {object} Finding
 * @property {"good" | "medium" | "critical" | "idle"} tone
 * @property {string} title
 * @property {string} fact
 */

/**
 * @param {Entry} entry
 * @param {Partner | null} partner
 * @param {Change[]} changes newest first
 */
export function dialling(entry, partner, changes) {
  const found = findings(entry, partner, changes);
  const obstacles = found.filter(({ tone }) => tone !== "good");
  return h("section", { class: "dialling card", "aria-labelledby": "dialling-title" }, [
    h(
      "h2",
      { id: "dialling-title" },
      heading(entry, obstacles.length > 0),
    ),
    h(
      "ul",
      [...obstacles, ...found.filter(({ tone }) => tone === "good")].map(({ tone, title, fact }) =>
        h("li", { key: title, class: tone }, [icon(icons[tone]), h("div", [h("strong", title), h("p", fact)])])
      ),
    ),
  ]);
}

/**
 * @param {Entry} entry
 * @param {boolean} isHeldBack
 */
function heading({ snapshot }, isHeldBack) {
  if (!isHeldBack) return "Nothing keeps it from dialling";
  return snapshot && snapshot.activeCalls > 0 && !snapshot.isStale ? "What holds it back" : "Why is it not dialling?";
}

const icons = { good: "circle-check", medium: "triangle-alert", critical: "octagon-alert", idle: "circle-minus" };

/**
 * @param {Entry} entry
 * @param {Partner | null} partner
 * @param {Change[]} changes
 * @returns {Finding[]}
 */
function findings(entry, partner, changes) {
  const { snapshot } = entry;
  const found = [activity(entry), reading(entry, partner), ...pending(partner), pause(entry, changes)];
  if (snapshot) found.push(campaigns(snapshot), contacts(snapshot), room(snapshot), alert(snapshot));
  return found.filter((finding) => finding !== null);
}

/** @param {Entry} entry @returns {Finding | null} */
const activity = ({ partner }) =>
  partner.isActive ? null : {
    tone: "idle",
    title: "It is not active here",
    fact: "An inactive partner is not read, and its changes wait until it is activated.",
  };

/** @param {Entry} entry @param {Partner | null} partner @returns {Finding | null} */
function reading({ partner: listed, snapshot }, partner) {
  const { isActive, lastErrorMessage, lastSyncAt } = listed;
  if (!isActive) return null;
  const failures = partner?.consecutiveFailures ?? 0;
  if (isFailing(listed)) {
    const shown = snapshot ? ` What is shown is as of ${dateTime(snapshot.snapshotTime)}.` : "";
    const many = failures > 1 ? ` ${counted(failures, "visit")} in a row failed.` : "";
    return {
      tone: "critical",
      title: "It cannot be read",
      fact: `${lastErrorMessage ?? "The last visit failed"}.${many}${shown}`,
    };
  }
  if (!snapshot) return { tone: "idle", title: "It was never read", fact: "The first visit has not ended yet." };
  if (snapshot.isStale) {
    return {
      tone: "medium",
      title: "Its numbers are stale",
      fact: `The last reading was ${relative(snapshot.snapshotTime, now.value)}.`,
    };
  }
  return { tone: "good", title: "It is read regularly", fact: `Last visit ${relative(lastSyncAt, now.value)}.` };
}

/** @param {Partner | null} partner @returns {Finding[]} */
const pending = (partner) =>
  (partner?.pendingChanges ?? []).map(({ field, value, since, error }) => ({
    tone: "medium",
    title: field === "concurrencyLimit"
      ? `The limit ${value} has not reached it`
      : `The pause (${value ? "on" : "off"}) has not reached it`,
    fact: `Waiting ${relative(since, now.value).replace(" ago", "")}${
      error ? `: ${error}` : ""
    }. It is applied on the next visit.`,
  }));

/** @param {Entry} entry @param {Change[]} changes @returns {Finding | null} */
function pause({ partner }, changes) {
  if (!partner.pauseNonPriorityCampaigns) return null;
  const since = changes.find(({ field, newValue }) => field === "pauseNonPriorityCampaigns" && newValue === true);
  const who = since
    ? ` Since ${dateTime(since.changedAt)}, by ${
      since.changedBy === "partner" ? "the partner itself" : since.changedBy
    }.`
    : "";
  return { tone: "medium", title: "Non-priority campaigns are paused", fact: `Only priority campaigns dial.${who}` };
}

/** @param {Snapshot} snapshot @returns {Finding} */
const campaigns = ({ runningCampaigns, campaignsToday }) =>
  runningCampaigns === 0
    ? {
      tone: "critical",
      title: "No campaign is running",
      fact: campaignsToday > 0
        ? `${counted(campaignsToday, "campaign")} created today, none running now.`
        : "None was created today either.",
    }
    : { tone: "good", title: "Campaigns are running", fact: `${counted(runningCampaigns, "campaign")} now.` };

/** @param {Snapshot} snapshot @returns {Finding} */
const contacts = ({ remainingCalls, completedCallsToday }) =>
  remainingCalls === 0
    ? {
      tone: "critical",
      title: "Nobody is left to call",
      fact: `0 contacts remaining; ${counted(completedCallsToday, "call")} completed today.`,
    }
    : { tone: "good", title: "There are contacts to call", fact: `${number(remainingCalls)} remaining.` };

/** @param {Snapshot} snapshot @returns {Finding} */
function room({ activeCalls, concurrencyLimit, queuedCalls, utilizationPercent }) {
  const fact = `${number(activeCalls)} of ${counted(concurrencyLimit, "call")} at the same time (${
    percent(utilizationPercent)
  }), ${number(queuedCalls)} queued.`;
  return activeCalls >= concurrencyLimit
    ? { tone: "medium", title: "It is at its limit", fact }
    : { tone: "good", title: "There is room below the limit", fact };
}

/** @param {Snapshot} snapshot @returns {Finding | null} */
const alert = ({ alertLevel, alertMessage }) =>
  alertLevel === "NORMAL" || alertLevel === "IDLE" || alertLevel === "ERROR" || !alertMessage ? null : {
    tone: alertLevel === "CRITICAL" ? "critical" : "medium",
    title: `Alert: ${standings[alertLevel].label.toLowerCase()}`,
    fact: `${alertMessage}.`,
  };
