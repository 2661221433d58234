// What operators change from anywhere on the page: shown at once, taken back with the server's words if it refuses.
/** @import {ListedPartner} from "../types/api.d.ts" */
import { concurrency, partners } from "../api/endpoints.js";
import { toast, toastError } from "../components/toast.js";
import { showEdit } from "./store.js";

/** The bounds of a limit. */
export const limits = { least: 1, most: 1_000 };

/**
 * @param {ListedPartner} partner
 * @param {number} newLimit
 * @param {string} reason
 */
export async function changeLimit(partner, newLimit, reason) {
  const takeBack = showEdit(partner.id, { concurrencyLimit: newLimit });
  try {
    const answer = await concurrency.setLimit(partner.id, newLimit, reason);
    tell(answer, `Limit of ${partner.partnerName} is now ${newLimit}`);
  } catch (error) {
    takeBack();
    toastError(`The limit of ${partner.partnerName} stays ${partner.concurrencyLimit}`, error);
  }
}

/**
 * @param {ListedPartner} partner
 * @param {boolean} isPaused
 */
export async function changePause(partner, isPaused) {
  const takeBack = showEdit(partner.id, { pauseNonPriorityCampaigns: isPaused });
  try {
    const answer = await concurrency.setPause(partner.id, isPaused);
    tell(answer, `Non-priority campaigns of ${partner.partnerName} ${isPaused ? "are paused" : "run again"}`);
  } catch (error) {
    takeBack();
    toastError(`Nothing was changed for ${partner.partnerName}`, error);
  }
}

/**
 * @param {import("../api/endpoints.js").Pushed} answer
 * @param {string} done
 */
function tell(answer, done) {
  if (answer.syncedToPartner) return toast(done);
  const why = answer.syncError ? ` (${answer.syncError})` : "";
  toast(`${done} here, but the partner has not confirmed it${why}. It is applied on the next visit.`, "high");
}

/** @param {{id: string, partnerName: string}} partner */
export async function syncPartner({ id, partnerName }) {
  try {
    toast((await partners.forceSync(id)).message);
  } catch (error) {
    toastError(`${partnerName} could not be synced`, error);
  }
}
