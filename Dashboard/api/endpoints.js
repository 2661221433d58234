// The operations of the API by name, in the order of its document. No logic here.
/** @import * as API from "../types/api.d.ts" */
import { poll, pollVersion, request } from "./client.js";

// A change of a limit waits up to 10 s for the partner; a test up to its connection time-out; statistics 55 s.
const pushTimeout = 15_000;
const testTimeout = 150_000;
const statisticsTimeout = 60_000;

const id = encodeURIComponent;

export const auth = {
  /** @param {string} username @param {string} password */
  login: (username, password) => request("POST", "/api/auth/login", { body: { username, password } }),
  logout: () => request("POST", "/api/auth/logout", { timeout: 5_000 }),
  /** @param {string} currentPassword @param {string} newPassword */
  changePassword: (currentPassword, newPassword) =>
    request("POST", "/api/auth/change-password", { body: { currentPassword, newPassword } }),
  /** @returns {Promise<API.User>} */
  me: () => request("GET", "/api/auth/me"),
};

export const dashboard = {
  /** @param {AbortSignal} signal @returns {Promise<API.Overview>} */
  overview: (signal) => poll("/api/dashboard/overview", { signal }),
  /** The tag is also a place in the changes, for the stream. @param {AbortSignal} signal @returns {Promise<{etag: string, body: API.Entry[]}>} */
  partners: (signal) => pollVersion("/api/dashboard/partners", { signal }),
  /** @returns {Promise<{message: string}>} */
  refresh: () => request("POST", "/api/dashboard/refresh"),
  /** The last 24 hours. @param {number} points @param {AbortSignal} [signal] @returns {Promise<API.History>} */
  history: (points, signal) => poll(`/api/dashboard/history?points=${points}`, { signal }),
};

export const partners = {
  /** @param {object} body @returns {Promise<{message: string, id: string}>} */
  create: (body) => request("POST", "/api/partners", { body }),
  /** @param {string} partner @param {AbortSignal} [signal] @returns {Promise<API.Partner>} */
  show: (partner, signal) => request("GET", `/api/partners/${id(partner)}`, { signal }),
  /** @param {string} partner @param {object} body */
  update: (partner, body) => request("PUT", `/api/partners/${id(partner)}`, { body }),
  /** @param {string} partner */
  remove: (partner) => request("DELETE", `/api/partners/${id(partner)}`),
  /** @param {string} partner @param {AbortSignal} [signal] @returns {Promise<API.TestReport>} */
  test: (partner, signal) =>
    request("POST", `/api/partners/${id(partner)}/test-connection`, { signal, timeout: testTimeout }),
  /** @param {object} body @param {AbortSignal} [signal] @returns {Promise<API.TestReport>} */
  testUnsaved: (body, signal) =>
    request("POST", "/api/partners/test-connection", { body, signal, timeout: testTimeout }),
  /** @param {string} partner @returns {Promise<{message: string}>} */
  forceSync: (partner) => request("POST", `/api/partners/${id(partner)}/force-sync`),
  /** @param {string} partner @param {number} limit @param {AbortSignal} [signal] @returns {Promise<API.ConnectionLog[]>} */
  logs: (partner, limit, signal) => request("GET", `/api/partners/${id(partner)}/logs`, { query: { limit }, signal }),
  /** @param {string} partner @returns {Promise<{message: string}>} */
  clearLogs: (partner) => request("DELETE", `/api/partners/${id(partner)}/logs`),
  /** @param {string} partner @param {Record<string, unknown>} query @param {AbortSignal} [signal] @returns {Promise<API.History>} */
  history: (partner, query, signal) => request("GET", `/api/partners/${id(partner)}/history`, { query, signal }),
};

export const statistics = {
  /** @param {string} partner @param {Period} period @param {AbortSignal} [signal] @returns {Promise<API.PeriodOfOne>} */
  ofPartner: (partner, period, signal) =>
    request("GET", `/api/partners/${id(partner)}/period-stats`, { query: period, signal, timeout: statisticsTimeout }),
  /** @param {Period} period @param {AbortSignal} [signal] @returns {Promise<API.PeriodOfAll>} */
  ofAll: (period, signal) =>
    request("GET", "/api/all-partners/period-stats", { query: period, signal, timeout: statisticsTimeout }),
};
/** @typedef {{start_date: string, end_date: string}} Period both days included */

/** @typedef {{success: boolean, message: string, syncedToPartner: boolean, syncError?: string}} Pushed */
export const concurrency = {
  /** @param {string} partner @param {number} newLimit @param {string} reason @returns {Promise<Pushed>} */
  setLimit: (partner, newLimit, reason) =>
    request("POST", `/api/partners/${id(partner)}/concurrency`, {
      body: reason ? { newLimit, reason } : { newLimit },
      timeout: pushTimeout,
    }),
  /** @param {string} partner @param {boolean} enabled @returns {Promise<Pushed>} */
  setPause: (partner, enabled) =>
    request("POST", `/api/partners/${id(partner)}/pause-non-priority`, { body: { enabled }, timeout: pushTimeout }),
  /** @param {string} partner @param {number} limit @param {AbortSignal} [signal] @returns {Promise<API.Change[]>} */
  history: (partner, limit, signal) =>
    request("GET", `/api/partners/${id(partner)}/concurrency-history`, { query: { limit }, signal }),
};

export const alerts = {
  /** @param {boolean} resolved @param {number} limit @param {AbortSignal} [signal] @returns {Promise<API.Alert[]>} */
  list: (resolved, limit, signal) => poll(`/api/alerts?resolved=${resolved}&limit=${limit}`, { signal }),
  /** @param {string} alert @param {number} hours */
  dismiss: (alert, hours) => request("PUT", `/api/alerts/${id(alert)}/dismiss`, { query: { hours } }),
};

export const settings = {
  /** @param {AbortSignal} [signal] @returns {Promise<API.Settings>} */
  show: (signal) => request("GET", "/api/settings", { signal }),
  /** @param {Partial<API.Settings>} body */
  update: (body) => request("PUT", "/api/settings", { body }),
};

export const users = {
  /** @param {AbortSignal} [signal] @returns {Promise<API.User[]>} */
  list: (signal) => request("GET", "/api/users", { signal }),
  /** @param {object} body */
  create: (body) => request("POST", "/api/users", { body }),
  /** @param {string} user @param {object} body */
  update: (user, body) => request("PUT", `/api/users/${id(user)}`, { body }),
  /** @param {string} user */
  remove: (user) => request("DELETE", `/api/users/${id(user)}`),
};

/** The server's version and state. @param {AbortSignal} [signal] */
export const health = (signal) => request("GET", "/health", { signal });
