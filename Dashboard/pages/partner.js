// One partner: how it stands and why, its numbers, its course, its changes and its logs.
/** @import {Entry} from "../types/api.d.ts" */
import { computed, defineComponent, h, shallowRef, watch } from "../vendor/vue.js";
import { isAdmin } from "../api/session.js";
import { concurrency, partners } from "../api/endpoints.js";
import { ApiError } from "../api/client.js";
import { standingBadge } from "../components/badge.js";
import { Confirm } from "../components/confirm.js";
import { icon } from "../components/icon.js";
import { LimitEditor } from "../components/limit-editor.js";
import { useLoad } from "../components/load.js";
import { empty, failure, skeleton } from "../components/placeholders.js";
import { TestDialog } from "../components/test-dialog.js";
import { toast, toastError } from "../components/toast.js";
import { standingOf } from "../level.js";
import { answers, syncPartner } from "../live/edits.js";
import { applyEntries, entries } from "../live/store.js";
import { link, navigate, route } from "../router.js";
import { PartnerCharts } from "./partner-charts.js";
import { dialling } from "./partner-dialling.js";
import { partnerFacts } from "./partner-facts.js";
import { partnerHistory } from "./partner-history.js";
import { PartnerLogs } from "./partner-logs.js";
import { partnerNumbers } from "./partner-numbers.js";

export default defineComponent({
  name: "PartnerPage",
  setup() {
    const { id } = route.params;
    const here = route.path;
    const details = useLoad((signal) => partners.show(id, signal));
    const changes = useLoad((signal) => concurrency.history(id, 100, signal));
    const entry = computed(() => entries.value.get(id) ?? fromDetails(details.value));
    const open = shallowRef(/** @type {"" | "limit" | "test" | "deactivate" | "delete"} */ (""));
    const anchor = shallowRef(/** @type {EventTarget | null} */ (null));
    const tests = shallowRef(0);
    const close = () => (open.value = "");

    /** Changes with every visit, also with one that failed like the one before, and with every test from here. */
    const visit = computed(() => {
      const partner = entries.value.get(id)?.partner;
      const { lastSyncAt, lastSyncStatus, nextSyncAt } = partner ?? {};
      return [lastSyncAt, lastSyncStatus, nextSyncAt, tests.value].join();
    });
    const isRemoved = shallowRef(false);
    // Whatever the live picture says of this partner, its details may have changed with it.
    watch(() => {
      const partner = entries.value.get(id)?.partner;
      if (!partner) return null;
      const { partnerName, concurrencyLimit, pauseNonPriorityCampaigns, isActive } = partner;
      return [visit.value, answers.value, partnerName, concurrencyLimit, pauseNonPriorityCampaigns, isActive].join();
    }, (state, before) => {
      isRemoved.value = Boolean(before) && !state;
      if (isRemoved.value) return;
      details.refresh();
      changes.refresh();
    }, { immediate: true });

    async function setActive(/** @type {boolean} */ isActive) {
      try {
        await partners.update(id, { isActive });
        toast(`${entry.value?.partner.partnerName} is ${isActive ? "active" : "inactive"}`);
      } catch (error) {
        toastError("Nothing was changed", error);
      }
      details.refresh();
    }

    async function remove() {
      try {
        toast((await partners.remove(id)).message);
        applyEntries(new Map([[id, null]]));
        // Unless the user went elsewhere meanwhile.
        if (route.path === here) navigate("/", { replace: true });
      } catch (error) {
        toastError("The partner was not deleted", error);
      }
    }

    const dialogs = (/** @type {Entry} */ { partner }) => {
      switch (open.value) {
        case "limit":
          return h(LimitEditor, { partner, anchor: anchor.value, onClose: close });
        case "test":
          return h(TestDialog, {
            title: `Test of ${partner.partnerName}`,
            run: (/** @type {AbortSignal} */ signal) => partners.test(id, signal).finally(() => tests.value++),
            onClose: close,
          });
        case "deactivate":
          return h(Confirm, {
            title: `Deactivate ${partner.partnerName}?`,
            action: "Deactivate",
            danger: false,
            onConfirm: () => setActive(false),
            onClose: close,
          }, () => [h("p", "It is no longer read, and is left out of all totals. Its history stays.")]);
        case "delete":
          return h(
            Confirm,
            {
              title: `Delete ${partner.partnerName}?`,
              action: "Delete for good",
              typed: partner.partnerName,
              onConfirm: remove,
              onClose: close,
            },
            () => [
              h(
                "p",
                "Its readings, logs, history and alerts are deleted with it. The partner's own database is not touched. This cannot be undone.",
              ),
            ],
          );
      }
    };

    return () => {
      if (isRemoved.value || (details.error instanceof ApiError && details.error.status === 404)) return gone();
      if (!entry.value) return details.error ? failure(details.error, details.load) : skeleton(10);
      const shown = entry.value;
      return [
        head(shown, {
          test: () => (open.value = "test"),
          activate: () => shown.partner.isActive ? (open.value = "deactivate") : setActive(true),
          remove: () => (open.value = "delete"),
        }),
        h("div", { class: "partner-top" }, [
          partnerNumbers(shown, details.value, (/** @type {EventTarget | null} */ beside) => {
            anchor.value = beside;
            open.value = "limit";
          }),
          dialling(shown, details.value, changes.value ?? []),
        ]),
        h(PartnerCharts, { partnerId: id, changes: changes.value ?? none }),
        partnerHistory(changes),
        h(PartnerLogs, { partnerId: id, visit: visit.value }),
        partnerFacts(details),
        dialogs(shown),
      ];
    };
  },
});

/** @type {never[]} */
const none = [];

/**
 * Before the live picture is there, or where it does not know the partner yet.
 * @param {import("../types/api.d.ts").Partner | null} partner
 * @returns {Entry | null}
 */
const fromDetails = (partner) => partner && { partner, snapshot: null };

/**
 * @param {Entry} entry
 * @param {{test: () => void, activate: () => void, remove: () => void}} act
 */
function head(entry, act) {
  const { partner } = entry;
  return h("div", { class: "page-head" }, [
    h("div", { class: "title-block" }, [
      link("/", { class: "back" }, [icon("arrow-left"), "Overview"]),
      h("div", { class: "title-row" }, [h("h1", partner.partnerName), standingBadge(standingOf(entry))]),
      h("p", { class: "quiet" }, partner.tenantId === 0 ? "All tenants" : `Tenant ${partner.tenantId}`),
    ]),
    isAdmin.value
      ? h("div", { class: "buttons" }, [
        button("refresh-cw", "Sync now", () => syncPartner(partner)),
        button("plug", "Test connection", act.test),
        link(`/partners/${partner.id}/edit`, { class: "button" }, [icon("pencil"), "Edit"]),
        partner.isActive
          ? button("circle-pause", "Deactivate", act.activate)
          : button("circle-check", "Activate", act.activate),
        button("trash-2", "Delete", act.remove, "danger"),
      ])
      : null,
  ]);
}

/**
 * @param {string} iconName
 * @param {string} label
 * @param {() => void} onClick
 * @param {string} [kind]
 */
const button = (iconName, label, onClick, kind) =>
  h("button", { type: "button", class: ["button", kind], onClick }, [icon(iconName), label]);

const gone = () => [
  h("h1", { class: "visually-hidden" }, "Partner not found"),
  empty(
    "search-x",
    "There is no such partner",
    "It may have been deleted.",
    link("/", { class: "button" }, "To the overview"),
  ),
];
