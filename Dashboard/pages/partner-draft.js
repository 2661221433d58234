// What the partner's form holds, and the body that the API gets of it.
/** @import {Partner} from "../types/api.d.ts" */

/** @param {Partner | null} partner null for a new one */
export function draftOf(partner) {
  const ssh = partner?.sshConfig;
  return {
    partnerName: partner?.partnerName ?? "",
    tenantId: String(partner?.tenantId ?? 0),
    isActive: partner?.isActive ?? true,
    dbType: /** @type {string} */ (partner?.dbType ?? "mysql"),
    dbHost: partner?.dbHost ?? "",
    dbPort: partner?.dbPort ? String(partner.dbPort) : "",
    dbName: partner?.dbName ?? "",
    dbUsername: partner?.dbUsername ?? "",
    dbPassword: "",
    dbTlsMode: /** @type {string} */ (partner?.dbTlsMode ?? "preferred"),
    dbTlsCa: "",
    concurrencyLimit: String(partner?.concurrencyLimit ?? 10),
    pauseNonPriorityCampaigns: partner?.pauseNonPriorityCampaigns ?? false,
    "sshConfig.enabled": ssh?.enabled ?? false,
    "sshConfig.host": ssh?.host ?? "",
    "sshConfig.port": String(ssh?.port ?? 22),
    "sshConfig.username": ssh?.username ?? "",
    "sshConfig.password": "",
    "sshConfig.privateKey": "",
    "sshConfig.passphrase": "",
    "sshConfig.hostKeyFingerprint": ssh?.hostKeyFingerprint ?? "",
    /** Which of the two the form shows; not sent. */
    authMethod: /** @type {string} */ (ssh?.authMethod ?? "password"),
  };
}

/** @typedef {ReturnType<typeof draftOf>} Draft */

const numbers = new Set(["tenantId", "dbPort", "concurrencyLimit", "sshConfig.port"]);
const secrets = new Set([
  "dbPassword",
  "dbTlsCa",
  "sshConfig.password",
  "sshConfig.privateKey",
  "sshConfig.passphrase",
]);
const ofServers = new Set(["dbHost", "dbPort", "dbUsername", "dbPassword", "dbTlsMode", "dbTlsCa"]);

/**
 * Only what differs is sent: what someone else changed meanwhile stays. A new partner is sent whole.
 * @param {Draft} draft
 * @param {Draft | null} before null for a new partner
 */
export function bodyOf(draft, before) {
  /** @type {Record<string, any>} */
  const body = {};
  for (const [field, value] of Object.entries(draft)) {
    if (!isSent(field, draft)) continue;
    if (before && before[/** @type {keyof Draft} */ (field)] === value) continue;
    // Nothing is not a value: the server has its defaults. But a pin that was cleared is to be forgotten.
    if (value === "" && (!before || secrets.has(field) || numbers.has(field))) continue;
    put(body, field, sent(field, value));
  }
  return body;
}

/**
 * @param {string} field
 * @param {Draft} draft
 */
function isSent(field, draft) {
  if (field === "authMethod") return false;
  const isFile = draft.dbType === "sqlite";
  if (ofServers.has(field)) return !isFile;
  if (!field.startsWith("sshConfig.")) return true;
  if (field === "sshConfig.enabled") return true;
  if (isFile || !draft["sshConfig.enabled"]) return false;
  if (field === "sshConfig.password") return draft.authMethod === "password";
  if (field === "sshConfig.privateKey" || field === "sshConfig.passphrase") return draft.authMethod === "privateKey";
  return true;
}

/**
 * @param {string} field
 * @param {string | boolean} value
 */
function sent(field, value) {
  if (field === "sshConfig.hostKeyFingerprint" && value === "") return null;
  if (!numbers.has(field) || typeof value !== "string") return value;
  // What is no number goes as it is: the server says so beside the field.
  return /^\s*\d+\s*$/.test(value) ? Number(value) : value;
}

/**
 * @param {Record<string, any>} body
 * @param {string} field
 * @param {unknown} value
 */
function put(body, field, value) {
  const [section, key] = field.split(".");
  if (key) (body[section] ??= {})[key] = value;
  else body[section] = value;
}
