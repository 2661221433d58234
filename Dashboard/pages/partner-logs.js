// The connection logs of a partner: how many, newest first, and clearing them.
/** @import {ConnectionLog} from "../types/api.d.ts" */
import { defineComponent, h, shallowRef, watch } from "../vendor/vue.js";
import { isAdmin } from "../api/session.js";
import { partners } from "../api/endpoints.js";
import { badge } from "../components/badge.js";
import { Confirm } from "../components/confirm.js";
import { DataTable } from "../components/data-table.js";
import { icon } from "../components/icon.js";
import { useLoad } from "../components/load.js";
import { empty, failure, skeleton } from "../components/placeholders.js";
import { toast, toastError } from "../components/toast.js";
import { dateTime, duration, none } from "../format.js";
import { route, setQuery } from "../router.js";

const amounts = ["50", "200", "1000"];
/** @type {Record<string, string>} */
const words = {
  SUCCESS: "Success",
  SSH_FAILED: "SSH failed",
  DB_FAILED: "Database failed",
  QUERY_FAILED: "Query failed",
  TIMEOUT: "Timed out",
};

const columns = [
  {
    key: "when",
    label: "When",
    isHead: true,
    cell: (/** @type {ConnectionLog} */ { timestamp }) =>
      h("time", { datetime: timestamp, class: "number" }, dateTime(timestamp)),
  },
  { key: "operation", label: "What", cell: (/** @type {ConnectionLog} */ { operation }) => operation },
  {
    key: "status",
    label: "Result",
    cell: (/** @type {ConnectionLog} */ { status }) =>
      status === "SUCCESS"
        ? badge("Success", "good", "circle-check")
        : badge(words[status] ?? status, "critical", "circle-x"),
  },
  {
    key: "took",
    label: "Took",
    right: true,
    cell: (/** @type {ConnectionLog} */ { responseTimeMs }) => h("span", { class: "number" }, duration(responseTimeMs)),
  },
  {
    key: "message",
    label: "Message",
    cell: (/** @type {ConnectionLog} */ { errorMessage }) =>
      h("span", { class: "clip", title: errorMessage ?? undefined }, errorMessage ?? none),
  },
];

export const PartnerLogs = defineComponent({
  name: "PartnerLogs",
  props: {
    partnerId: { type: String, required: true },
    /** Another text with every visit: it may have left an entry. */
    visit: { type: String, required: true },
  },
  setup(props) {
    const isAsking = shallowRef(false);
    const amount = () => amounts.includes(route.query.logs) ? route.query.logs : amounts[0];
    const logs = useLoad((signal) => partners.logs(props.partnerId, Number(amount()), signal));
    watch(amount, logs.load, { immediate: true });
    watch(() => props.visit, logs.refresh);

    async function clear() {
      try {
        toast((await partners.clearLogs(props.partnerId)).message);
      } catch (error) {
        toastError("The logs were not cleared", error);
      }
      logs.load();
    }

    const content = () => {
      if (logs.error) return failure(logs.error, logs.load);
      if (!logs.value) return skeleton(4);
      if (logs.value.length === 0) {
        return empty("file-text", "No entries", "Tests of the connection and failed visits are logged here.");
      }
      return h("div", { class: "table-frame" }, [
        h(DataTable, {
          caption: "Connection logs",
          columns,
          rows: logs.value,
          rowKey: (/** @type {ConnectionLog} */ { id }) => id,
          cardHeight: 176,
        }),
      ]);
    };

    return () =>
      h("section", { class: "stack", "aria-labelledby": "logs-title" }, [
        h("div", { class: "section-head" }, [
          h("h2", { id: "logs-title" }, "Connection logs"),
          h("div", { class: "buttons" }, [
            h("select", {
              class: "input narrow",
              "aria-label": "How many entries",
              value: amount(),
              onChange: (/** @type {any} */ event) =>
                setQuery({ logs: event.target.value === amounts[0] ? null : event.target.value }),
            }, amounts.map((value) => h("option", { key: value, value }, `Last ${value}`))),
            isAdmin.value && logs.value?.length
              ? h("button", { type: "button", class: "button", onClick: () => (isAsking.value = true) }, [
                icon("trash-2"),
                "Clear logs",
              ])
              : null,
          ]),
        ]),
        content(),
        isAsking.value
          ? h(Confirm, {
            title: "Clear the connection logs?",
            action: "Clear logs",
            onConfirm: clear,
            onClose: () => (isAsking.value = false),
          }, () => [h("p", "All entries of this partner are deleted, not only those shown. This cannot be undone.")])
          : null,
      ]);
  },
});
