// What operators change from anywhere on the page: shown at once, taken back with the server's words if it refuses.
/** @import {ListedPartner} from "../types/api.d.ts" */
import { ApiError } from "../api/client.js";
import { concurrency, partners } from "../api/endpoints.js";
import { toast, toastError } from "../components/toast.js";
import { shallowRef } from "../vendor/vue.js";
import { entries, showEdit } from "./store.js";

/** Grows with every answer to a change: the partner's history may have another entry. */
export const answers = shallowRef(0);

/** The bounds of a limit. */
export const limits = { least: 1, most: 1_000 };

/**
 * @param {ListedPartner} partner
 * @param {number} newLimit
 * @param {string} reason
 */
export async function changeLimit({ id, partnerName }, newLimit, reason) {
  const edit = showEdit(id, { concurrencyLimit: newLimit });
  try {
    const answer = await concurrency.setLimit(id, newLimit, reason);
    edit.confirm();
    tell(answer, `Limit of ${partnerName} is now ${newLimit}`);
  } catch (error) {
    edit.takeBack();
    const limit = entries.value.get(id)?.partner.concurrencyLimit;
    toastError(
      isUnheard(error)
        ? `It is not known whether the limit of ${partnerName} was changed to ${newLimit}`
        : `The limit of ${partnerName} stays ${limit ?? "as it is"}`,
      error,
    );
  }
  answers.value++;
}

/**
 * @param {ListedPartner} partner
 * @param {boolean} isPaused
 */
export async function changePause({ id, partnerName }, isPaused) {
  const edit = showEdit(id, { pauseNonPriorityCampaigns: isPaused });
  try {
    const answer = await concurrency.setPause(id, isPaused);
    edit.confirm();
    tell(answer, `Non-priority campaigns of ${partnerName} ${isPaused ? "are paused" : "run again"}`);
  } catch (error) {
    edit.takeBack();
    toastError(
      isUnheard(error)
        ? `It is not known whether the pause of ${partnerName} was changed`
        : `Nothing was changed for ${partnerName}`,
      error,
    );
  }
  answers.value++;
}

/** No answer is not a refusal: the server may have done it. @param {unknown} error */
const isUnheard = (error) => error instanceof ApiError && error.status === 0;

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
