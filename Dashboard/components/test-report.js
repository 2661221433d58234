// What a test of a connection found: its stages as steps with their times, and what to mind.
/** @import {TestReport} from "../types/api.d.ts" */
import { h } from "../vendor/vue.js";
import { duration } from "../format.js";
import { icon } from "./icon.js";

/** @type {Record<string, string>} */
const stageWords = {
  "resolve": "Find the host",
  "ssh-connect": "Reach the SSH host",
  "ssh-host-key": "Check its host key",
  "ssh-auth": "Sign in over SSH",
  "tunnel": "Open the tunnel",
  "db-connect": "Reach the database",
  "db-auth": "Sign in to the database",
  "schema": "Check tables and columns",
};

/** @param {TestReport} report */
export function testReport(report) {
  const { success, message, responseTimeMs, details } = report;
  return h("div", { class: "stack", role: "status" }, [
    h("p", { class: ["test-result", success ? "good" : "critical"] }, [
      icon(success ? "circle-check" : "circle-x"),
      h("strong", message),
      h("span", { class: "number quiet" }, duration(responseTimeMs)),
    ]),
    h(
      "ol",
      { class: "steps" },
      steps(details).map(({ stage, timeMs, isFailed }) =>
        h("li", { key: stage, class: isFailed ? "critical" : "good" }, [
          icon(isFailed ? "circle-x" : "check"),
          h("span", stageWords[stage] ?? stage),
          h("span", { class: "visually-hidden" }, isFailed ? "failed" : "done"),
          h("span", { class: "number quiet" }, timeMs === null ? "" : duration(timeMs)),
        ])
      ),
    ),
    success ? facts(details) : null,
    ...(details.warnings ?? []).map((warning) => h("p", { class: "warning" }, [icon("triangle-alert"), warning])),
  ]);
}

/**
 * The failed stage is among the timed ones, or comes after them.
 * @param {TestReport["details"]} details
 * @returns {{stage: string, timeMs: number | null, isFailed: boolean}[]}
 */
function steps({ stages, failedStage }) {
  const timed = stages.map(({ stage, timeMs }) => ({ stage, timeMs, isFailed: stage === failedStage }));
  if (!failedStage || timed.some(({ isFailed }) => isFailed)) return timed;
  return [...timed, { stage: failedStage, timeMs: null, isFailed: true }];
}

/** @param {TestReport["details"]} details */
function facts({ database, serverVersion, tenantScoped, hostKeyFingerprint }) {
  const rows = [
    ["Database", database],
    ["Server", serverVersion],
    ["Limited to the tenant", tenantScoped?.length ? tenantScoped.join(", ") : "no table"],
    ["Host key", hostKeyFingerprint],
  ].filter(([, value]) => value);
  return h("dl", { class: "facts" }, rows.flatMap(([name, value]) => [h("dt", name), h("dd", value)]));
}
