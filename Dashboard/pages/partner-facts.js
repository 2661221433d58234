// Where the partner's data is: read only, and never a secret.
/** @import {Partner} from "../types/api.d.ts" */
import { h } from "../vendor/vue.js";
import { failure, skeleton } from "../components/placeholders.js";
import { dateTime } from "../format.js";

/** @type {Record<string, string>} */
export const databaseKinds = { mysql: "MySQL or MariaDB", postgresql: "PostgreSQL", sqlite: "SQLite" };

/** @param {{value: Partner | null, error: unknown, load: () => void}} details */
export function partnerFacts({ value, error, load }) {
  return h("section", { class: "stack", "aria-labelledby": "facts-title" }, [
    h("h2", { id: "facts-title" }, "Connection"),
    value ? h("div", { class: "card" }, [list(value)]) : error ? failure(error, load) : skeleton(3),
  ]);
}

/** @param {Partner} partner */
function list({ dbType, dbHost, dbPort, dbName, dbUsername, dbTlsMode, sshConfig, createdAt, updatedAt }) {
  const isFile = dbType === "sqlite";
  const rows = [
    ["Database", `${databaseKinds[dbType] ?? dbType}, ${dbName}`],
    ["Host", isFile ? null : `${dbHost}:${dbPort}`],
    ["User", isFile ? null : dbUsername],
    ["TLS", isFile ? null : dbTlsMode],
    [
      "SSH",
      sshConfig.enabled
        ? `${sshConfig.username}@${sshConfig.host}:${sshConfig.port}, by ${
          sshConfig.authMethod === "privateKey" ? "key" : "password"
        }`
        : "none",
    ],
    ["Host key", sshConfig.enabled ? sshConfig.hostKeyFingerprint ?? "not pinned yet" : null],
    ["Added", dateTime(createdAt)],
    ["Changed", dateTime(updatedAt)],
  ].filter(([, value]) => value);
  return h(
    "dl",
    { class: "facts paired" },
    rows.flatMap(([name, value]) => [h("dt", { key: `${name}-name` }, name), h("dd", { key: name }, value)]),
  );
}
