// @ts-check
/**
 * A client of the JobTalk Admin API in one file, for browsers, Node 18 and newer, and Deno. It needs nothing else.
 *
 *     import { JobTalk } from "./jobtalk.js";
 *
 *     const api = new JobTalk("https://console.example.com", { username: "admin", password: "secret" });
 *     console.log((await api.overview()).activeCalls);
 *
 * @module
 */

/**
 * @typedef {"ADMIN" | "VIEWER"} Role
 * @typedef {"NORMAL" | "IDLE" | "MEDIUM" | "HIGH" | "CRITICAL" | "ERROR"} AlertLevel
 * @typedef {"NEVER_SYNCED" | "IN_PROGRESS" | "SUCCESS" | "FAILED"} SyncStatus
 * @typedef {{ field: string, message: string }} FieldError
 *
 * @typedef {{ id: string, username: string, email: string, role: Role }} Identity
 * @typedef {Identity & { demo?: boolean }} CurrentUser
 * @typedef {Identity & { isActive: boolean, lastLogin: string | null, createdAt: string }} User
 *
 * @typedef {{ campaignsToday: number, runningCampaigns: number, activeCalls: number, queuedCalls: number,
 *   completedCallsToday: number, remainingCalls: number, totalPartners: number, activePartners: number,
 *   avgUtilization: number, lastUpdated: string, freshPartners: number, stalePartners: number }} Overview
 * @typedef {{ campaignsToday: number, runningCampaigns: number, activeCalls: number, queuedCalls: number,
 *   completedCallsToday: number, voicemailCount: number, customerEndedCount: number, remainingCalls: number,
 *   concurrencyLimit: number, utilizationPercent: number, alertLevel: AlertLevel, alertMessage: string | null,
 *   snapshotTime: string, dataFetchTimeMs: number, isStale: boolean }} Snapshot
 * @typedef {{ partner: { id: string, partnerName: string, tenantId: number, concurrencyLimit: number,
 *   pauseNonPriorityCampaigns: boolean, isActive: boolean, lastSyncAt: string | null, lastSyncStatus: SyncStatus,
 *   lastErrorMessage: string | null, nextSyncAt: string | null }, snapshot: Snapshot | null }} DashboardPartner
 * @typedef {Snapshot & { id: string, partnerId: string }} Metrics
 *
 * @typedef {"concurrencyLimit" | "pauseNonPriorityCampaigns"} ChangedField
 * @typedef {{ enabled: boolean, host?: string, port?: number, username?: string,
 *   authMethod?: "password" | "privateKey" | null, hostKeyFingerprint?: string }} SshConfig
 * @typedef {{ id: string, partnerName: string, tenantId: number, dbHost: string, dbPort: number, dbName: string,
 *   dbType: "mysql" | "postgresql" | "sqlite", dbUsername: string,
 *   dbTlsMode: "disabled" | "preferred" | "required" | "verify-full", concurrencyLimit: number,
 *   pauseNonPriorityCampaigns: boolean, isActive: boolean, sshConfig: SshConfig, lastSyncAt: string | null,
 *   lastSyncStatus: SyncStatus, lastErrorMessage: string | null, consecutiveFailures: number,
 *   nextSyncAt: string | null, alertLevel: AlertLevel | null,
 *   pendingChanges: { field: ChangedField, value: number | boolean, since: string, error: string | null }[],
 *   createdAt: string, updatedAt: string }} Partner
 * @typedef {Partner & { dbTlsCa: string | null }} PartnerDetail
 * @typedef {Record<string, unknown>} PartnerFields What is to be sent of a partner, see the API's description.
 * @typedef {{ success: boolean, message: string, responseTimeMs: number, details: Record<string, any> }} ConnectionTest
 * @typedef {{ id: string, partnerId: string, operation: "test" | "sync" | "write",
 *   status: "SUCCESS" | "SSH_FAILED" | "DB_FAILED" | "QUERY_FAILED" | "TIMEOUT", timestamp: string,
 *   responseTimeMs: number, errorMessage: string | null }} ConnectionLog
 *
 * @typedef {{ min: number, mean: number, max: number }} Spread
 * @typedef {{ from: string, to: string, stepSeconds: number,
 *   series: ({ time: string } & { [metric: string]: Spread | string })[] }} History
 *
 * @typedef {{ total: number, byStatus: Record<string, number> }} StatusCounts
 * @typedef {{ startDate: string, endDate: string }} Period
 * @typedef {{ success: boolean, error?: string, period: Period, calls: StatusCounts,
 *   submittals: StatusCounts }} PeriodStats
 * @typedef {{ success: boolean, period: Period, totalPartners: number, failedPartners: number,
 *   aggregated: { calls: StatusCounts, submittals: StatusCounts },
 *   partnerBreakdown: { partnerId: string, partnerName: string, error?: string, calls: StatusCounts,
 *     submittals: StatusCounts }[] }} AllPeriodStats
 *
 * @typedef {{ refreshInterval: number, dataRetentionDays: number, alertThreshold: number, autoRefreshEnabled: boolean,
 *   queryTimeout: number, connectionTimeout: number, concurrentPartnerLimit: number, timeZone: string,
 *   criticalQueuedThreshold: number, criticalUtilizationThreshold: number, highQueuedMin: number }} Settings
 *
 * @typedef {{ success: boolean, message: string, syncedToPartner: boolean, warning?: string, syncError?: string,
 *   pending?: boolean }} ChangeResult
 * @typedef {{ id: string, field: ChangedField, oldValue: number | boolean, newValue: number | boolean,
 *   reason: string | null, changedBy: string, changedAt: string, syncedToPartner: boolean, syncedAt: string | null,
 *   syncError: string | null }} ConcurrencyChange
 *
 * @typedef {{ id: string, partnerId: string, partnerName: string, level: AlertLevel, message: string,
 *   openedAt: string, changedAt: string, resolvedAt: string | null, dismissedUntil: string | null,
 *   dismissedBy: string | null }} Alert
 * @typedef {{ critical: number, high: number, medium: number, offline: number }} AlertSummary
 * @typedef {{ status: string, version: string }} Health
 * @typedef {{ name: "overview" | "partner" | "alert" | "removed", data: any, id?: string }} StreamEvent With the last of
 *   the events that belong together comes an id.
 *
 * @typedef {{ signal?: AbortSignal }} Call How to give up: the promise is then rejected with the signal's reason.
 * @typedef {Call & { from?: Date | string, to?: Date | string, points?: number }} Window
 */

/** Whatever goes wrong in a call; its message is a sentence for a person. */
export class JobTalkError extends Error {
  /** @override */
  name = "JobTalkError";
}

/** Nobody answered in time, or not as this API does. */
export class Unreachable extends JobTalkError {
  /** @override */
  name = "Unreachable";
}

/** The server answered with an error. */
export class Refused extends JobTalkError {
  /** @override */
  name = "Refused";

  /**
   * @param {number} status
   * @param {string} detail
   * @param {FieldError[]} errors
   * @param {number | null} retryAfter
   * @param {string | null} requestId
   */
  constructor(status, detail, errors, retryAfter, requestId) {
    super(detail);
    /** 401: not signed in. 403: takes an administrator. 404: there is none. 400, 422: cannot be. 429, 503: later. */
    this.status = status;
    this.detail = detail;
    /** Every faulty field, if the status is 422. */
    this.errors = errors;
    /** Seconds after which another try is worth it, if the server said so. */
    this.retryAfter = retryAfter;
    /** Names the request in the server's log; hidden from pages of other origins unless the server allows it. */
    this.requestId = requestId;
  }
}

/**
 * The API of one server, named by its root (`https://console.example.com`), for one user.
 *
 * With a user name and a password it signs in when it first needs to, and again when its token dies; with a token
 * alone it uses that. Every call may be rejected with `Unreachable` or `Refused`, and takes an `AbortSignal`.
 */
export class JobTalk {
  /** @type {string} */ #root;
  /** @type {string | undefined} */ #username;
  /** @type {string | undefined} */ #password;
  /** @type {string | undefined} */ #token;
  /** @type {Promise<unknown> | undefined} */ #signingIn;
  /** @type {typeof fetch} */ #fetch;
  /** @type {number} */ #timeout;

  /**
   * @param {string} url
   * @param {{ username?: string, password?: string, token?: string, timeout?: number, fetch?: typeof fetch }} [options]
   *   `timeout` is in seconds, and longer than the server's own longest answer.
   */
  constructor(url, { username, password, token, timeout = 70, fetch = globalThis.fetch } = {}) {
    this.#root = url.replace(/\/+$/, "");
    this.#username = username;
    this.#password = password;
    this.#token = token;
    this.#timeout = timeout;
    this.#fetch = (...call) => fetch(...call);
  }

  // Authentication

  /**
   * Signs in, and remembers both for when the token dies.
   *
   * @param {string} username
   * @param {string} password
   * @param {Call} [call]
   * @returns {Promise<Identity>}
   */
  async login(username, password, call) {
    const body = { username, password };
    const answer = await this.#json("POST", "/api/auth/login", { ...call, body, isOpen: true });
    this.#username = username;
    this.#password = password;
    this.#token = answer.access_token;
    return answer.user;
  }

  /**
   * Ends every other session of the user.
   *
   * @param {string} current
   * @param {string} replacement
   * @param {Call} [call]
   */
  async changePassword(current, replacement, call) {
    const body = { currentPassword: current, newPassword: replacement };
    const message = await this.#message("POST", "/api/auth/change-password", { ...call, body });
    if (this.#password !== undefined) this.#password = replacement;
    return message;
  }

  /**
   * The token dies, and nobody is signed in until the next `login`.
   *
   * @param {Call} [call]
   */
  async logout(call) {
    const message = await this.#message("POST", "/api/auth/logout", call);
    this.#token = undefined;
    this.#password = undefined;
    return message;
  }

  /**
   * Who is signed in.
   *
   * @param {Call} [call]
   * @returns {Promise<CurrentUser>}
   */
  me(call) {
    return this.#json("GET", "/api/auth/me", call);
  }

  // Dashboard

  /**
   * The sums over all active partners.
   *
   * @param {Call} [call]
   * @returns {Promise<Overview>}
   */
  overview(call) {
    return this.#json("GET", "/api/dashboard/overview", call);
  }

  /**
   * All partners with their latest snapshots.
   *
   * @param {Call} [call]
   * @returns {Promise<DashboardPartner[]>}
   */
  dashboardPartners(call) {
    return this.#json("GET", "/api/dashboard/partners", call);
  }

  /**
   * Has every active partner visited at once.
   *
   * @param {Call} [call]
   */
  refreshDashboard(call) {
    return this.#message("POST", "/api/dashboard/refresh", call);
  }

  /**
   * The overview's numbers over time, in at most `points` steps; the last 24 hours by default.
   *
   * @param {Window} [window]
   * @returns {Promise<History>}
   */
  dashboardHistory({ signal, ...window } = {}) {
    return this.#json("GET", "/api/dashboard/history", { signal, query: window });
  }

  /**
   * Events as they come: first the full picture, then what changes.
   *
   * Ends when the server ends it, as it does when the token dies: ask for another one then, `after` the last `id` that
   * came, and only what changed since is sent; the full picture again if that is not known any more. More than
   * `silence` seconds without even a heartbeat are an `Unreachable`. Leaving the loop closes the connection.
   *
   * @param {Call & { silence?: number, after?: string }} [call]
   * @returns {AsyncGenerator<StreamEvent, void, undefined>}
   */
  async *stream({ signal, silence = 45, after } = {}) {
    const patience = new Patience(silence, signal);
    const request = { patience, accept: "text/event-stream", lastEventId: after };
    try {
      const response = await this.#open("GET", "/api/dashboard/stream", request);
      yield* events(response, patience);
    } finally {
      patience.end();
    }
  }

  // Partners

  /**
   * All partners by name.
   *
   * @param {Call} [call]
   * @returns {Promise<Partner[]>}
   */
  partners(call) {
    return this.#json("GET", "/api/partners", call);
  }

  /**
   * Adds a partner, and tells its id.
   *
   * @param {PartnerFields} fields
   * @param {Call} [call]
   * @returns {Promise<string>}
   */
  async createPartner(fields, call) {
    return (await this.#json("POST", "/api/partners", { ...call, body: fields })).id;
  }

  /**
   * @param {string} partnerId
   * @param {Call} [call]
   * @returns {Promise<PartnerDetail>}
   */
  partner(partnerId, call) {
    return this.#json("GET", path`/api/partners/${partnerId}`, call);
  }

  /**
   * Changes the given fields and no others.
   *
   * @param {string} partnerId
   * @param {PartnerFields} fields
   * @param {Call} [call]
   */
  updatePartner(partnerId, fields, call) {
    return this.#message("PUT", path`/api/partners/${partnerId}`, { ...call, body: fields });
  }

  /**
   * @param {string} partnerId
   * @param {Call} [call]
   */
  deletePartner(partnerId, call) {
    return this.#message("DELETE", path`/api/partners/${partnerId}`, call);
  }

  /**
   * Whether the partner can be used; a failure rejects nothing, but `success` is false.
   *
   * @param {string} partnerId
   * @param {Call} [call]
   * @returns {Promise<ConnectionTest>}
   */
  testConnection(partnerId, call) {
    return this.#json("POST", path`/api/partners/${partnerId}/test-connection`, call);
  }

  /**
   * The same for a partner as it would be with these fields; with `id` for a stored one, else for a new one.
   *
   * @param {PartnerFields} fields
   * @param {Call} [call]
   * @returns {Promise<ConnectionTest>}
   */
  testUnsaved(fields, call) {
    return this.#json("POST", "/api/partners/test-connection", { ...call, body: fields });
  }

  /**
   * Has the partner visited at once.
   *
   * @param {string} partnerId
   * @param {Call} [call]
   */
  forceSync(partnerId, call) {
    return this.#message("POST", path`/api/partners/${partnerId}/force-sync`, call);
  }

  /**
   * The latest snapshot; 404 before the first.
   *
   * @param {string} partnerId
   * @param {Call} [call]
   * @returns {Promise<Metrics>}
   */
  metrics(partnerId, call) {
    return this.#json("GET", path`/api/partners/${partnerId}/metrics`, call);
  }

  /**
   * Connection logs, newest first.
   *
   * @param {string} partnerId
   * @param {Call & { limit?: number }} [call]
   * @returns {Promise<ConnectionLog[]>}
   */
  logs(partnerId, { signal, ...query } = {}) {
    return this.#json("GET", path`/api/partners/${partnerId}/logs`, { signal, query });
  }

  /**
   * @param {string} partnerId
   * @param {Call} [call]
   */
  clearLogs(partnerId, call) {
    return this.#message("DELETE", path`/api/partners/${partnerId}/logs`, call);
  }

  /**
   * One partner's numbers over time, in at most `points` steps; the last 24 hours by default.
   *
   * @param {string} partnerId
   * @param {Window} [window]
   * @returns {Promise<History>}
   */
  partnerHistory(partnerId, { signal, ...window } = {}) {
    return this.#json("GET", path`/api/partners/${partnerId}/history`, { signal, query: window });
  }

  // Statistics

  /**
   * Calls and submittals of a partner from one day (`YYYY-MM-DD`) to another, both included.
   *
   * @param {string} partnerId
   * @param {string} startDate
   * @param {string} endDate
   * @param {Call} [call]
   * @returns {Promise<PeriodStats>}
   */
  periodStats(partnerId, startDate, endDate, call) {
    const query = { start_date: startDate, end_date: endDate };
    return this.#json("GET", path`/api/partners/${partnerId}/period-stats`, { ...call, query });
  }

  /**
   * The same of all active partners, in sum and each.
   *
   * @param {string} startDate
   * @param {string} endDate
   * @param {Call} [call]
   * @returns {Promise<AllPeriodStats>}
   */
  allPeriodStats(startDate, endDate, call) {
    const query = { start_date: startDate, end_date: endDate };
    return this.#json("GET", "/api/all-partners/period-stats", { ...call, query });
  }

  // Settings

  /**
   * @param {Call} [call]
   * @returns {Promise<Settings>}
   */
  settings(call) {
    return this.#json("GET", "/api/settings", call);
  }

  /**
   * Changes the given settings, all or none.
   *
   * @param {Partial<Settings>} settings
   * @param {Call} [call]
   */
  updateSettings(settings, call) {
    return this.#message("PUT", "/api/settings", { ...call, body: settings });
  }

  // Concurrency

  /**
   * Changes the limit, here and at the partner.
   *
   * @param {string} partnerId
   * @param {number} newLimit
   * @param {string} [reason]
   * @param {Call} [call]
   * @returns {Promise<ChangeResult>}
   */
  setConcurrency(partnerId, newLimit, reason, call) {
    return this.#json("POST", path`/api/partners/${partnerId}/concurrency`, { ...call, body: { newLimit, reason } });
  }

  /**
   * Pauses campaigns without priority, or lets them go on.
   *
   * @param {string} partnerId
   * @param {boolean} enabled
   * @param {Call} [call]
   * @returns {Promise<ChangeResult>}
   */
  setPause(partnerId, enabled, call) {
    return this.#json("POST", path`/api/partners/${partnerId}/pause-non-priority`, { ...call, body: { enabled } });
  }

  /**
   * Changes of limit and pause, newest first.
   *
   * @param {string} partnerId
   * @param {Call & { limit?: number }} [call]
   * @returns {Promise<ConcurrencyChange[]>}
   */
  concurrencyHistory(partnerId, { signal, ...query } = {}) {
    return this.#json("GET", path`/api/partners/${partnerId}/concurrency-history`, { signal, query });
  }

  // Alerts

  /**
   * The open alerts, worst first, or those that are over.
   *
   * @param {Call & { resolved?: boolean, limit?: number }} [call]
   * @returns {Promise<Alert[]>}
   */
  alerts({ signal, ...query } = {}) {
    return this.#json("GET", "/api/alerts", { signal, query });
  }

  /**
   * How many are open and not dismissed, by level.
   *
   * @param {Call} [call]
   * @returns {Promise<AlertSummary>}
   */
  alertSummary(call) {
    return this.#json("GET", "/api/alerts/summary", call);
  }

  /**
   * Hides an alert for so long, or until it gets worse.
   *
   * @param {string} alertId
   * @param {Call & { hours?: number }} [call]
   */
  dismissAlert(alertId, { signal, ...query } = {}) {
    return this.#message("PUT", path`/api/alerts/${alertId}/dismiss`, { signal, query });
  }

  // Users

  /**
   * @param {Call} [call]
   * @returns {Promise<User[]>}
   */
  users(call) {
    return this.#json("GET", "/api/users", call);
  }

  /**
   * Lets somebody in, and tells the id.
   *
   * @param {{ username: string, email: string, role: Role, password: string }} user
   * @param {Call} [call]
   * @returns {Promise<string>}
   */
  async createUser(user, call) {
    return (await this.#json("POST", "/api/users", { ...call, body: user })).id;
  }

  /**
   * Changes the given fields and no others.
   *
   * @param {string} userId
   * @param {{ username?: string, email?: string, role?: Role, password?: string, isActive?: boolean }} fields
   * @param {Call} [call]
   */
  updateUser(userId, fields, call) {
    return this.#message("PUT", path`/api/users/${userId}`, { ...call, body: fields });
  }

  /**
   * @param {string} userId
   * @param {Call} [call]
   */
  deleteUser(userId, call) {
    return this.#message("DELETE", path`/api/users/${userId}`, call);
  }

  // Health

  /**
   * Whether the server serves; needs no user.
   *
   * @param {Call} [call]
   * @returns {Promise<Health>}
   */
  health(call) {
    return this.#json("GET", "/health", { ...call, isOpen: true });
  }

  // How it is sent

  /**
   * @typedef {{ signal?: AbortSignal, body?: object, query?: Record<string, unknown>, isOpen?: boolean,
   *   accept?: string, lastEventId?: string }} Request
   */

  /**
   * @param {string} method
   * @param {string} path
   * @param {Request} [request]
   * @returns {Promise<string>}
   */
  async #message(method, path, request) {
    return (await this.#json(method, path, request)).message;
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Request} [request]
   * @returns {Promise<any>}
   */
  async #json(method, path, { signal, ...request } = {}) {
    const patience = new Patience(this.#timeout, signal);
    try {
      const response = await this.#open(method, path, { ...request, patience });
      return await patience.during(response.json(), "The answer cannot be read");
    } finally {
      patience.end();
    }
  }

  /**
   * Signs in if need be, and once more if the token turns out to be dead.
   *
   * @param {string} method
   * @param {string} path
   * @param {Request & { patience: Patience }} request
   */
  async #open(method, path, request) {
    if (request.isOpen) return await this.#request(method, path, request);
    const isNew = this.#token === undefined;
    if (isNew) await this.#signIn(request.patience);
    const token = this.#token;
    try {
      return await this.#request(method, path, request, token);
    } catch (error) {
      const isDead = error instanceof Refused && error.status === 401 && this.#password !== undefined;
      if (isNew || !isDead) throw error;
      // Another call may have signed in meanwhile.
      if (this.#token === token) await this.#signIn(request.patience);
      return await this.#request(method, path, request, this.#token);
    }
  }

  /**
   * Calls that need it at the same time share one login.
   *
   * @param {Patience} patience
   */
  async #signIn(patience) {
    if (this.#username === undefined || this.#password === undefined) return;
    this.#signingIn ??= this.login(this.#username, this.#password).finally(() => (this.#signingIn = undefined));
    await patience.during(this.#signingIn, "Signing in failed");
  }

  /**
   * @param {string} method
   * @param {string} path
   * @param {Request & { patience: Patience }} request
   * @param {string} [token]
   */
  async #request(method, path, { patience, body, query = {}, accept = "application/json", lastEventId }, token) {
    /** @type {Record<string, string>} */
    const headers = { Accept: accept };
    if (lastEventId !== undefined) headers["Last-Event-ID"] = lastEventId;
    if (token !== undefined) headers.Authorization = `Bearer ${token}`;
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const sent = this.#fetch(this.#root + path + queryText(query), {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: patience.signal,
      // The API makes no redirects, and a token must not follow one to somebody else.
      redirect: "error",
    });
    const response = await patience.during(sent, `${this.#root} cannot be reached`);
    if (!response.ok) throw await refusal(response, patience);
    return response;
  }
}

/** How long a call may take, or be silent: until the time is over or its caller has had enough. */
class Patience {
  #controller = new AbortController();
  /** @type {ReturnType<typeof setTimeout> | undefined} */ #timer;
  #isOver = false;

  /**
   * @param {number} seconds
   * @param {AbortSignal} [caller]
   */
  constructor(seconds, caller) {
    this.seconds = seconds;
    this.caller = caller;
    this.giveUp = () => this.#controller.abort(caller?.reason);
    if (caller?.aborted) this.giveUp();
    caller?.addEventListener("abort", this.giveUp);
    this.renew();
  }

  get signal() {
    return this.#controller.signal;
  }

  /** The time starts anew. */
  renew() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#isOver = true;
      this.#controller.abort();
    }, this.seconds * 1000);
  }

  end() {
    clearTimeout(this.#timer);
    this.caller?.removeEventListener("abort", this.giveUp);
    this.#controller.abort();
  }

  /**
   * What was promised, or why it cannot be: the caller's own reason, the time, or what went wrong.
   *
   * @template Value
   * @param {Promise<Value>} promise
   * @param {string} what
   * @returns {Promise<Value>}
   */
  async during(promise, what) {
    try {
      return await promise;
    } catch (error) {
      if (this.caller?.aborted) throw this.caller.reason;
      if (error instanceof JobTalkError) throw error;
      const why = this.#isOver ? `no answer within ${this.seconds} s` : cause(error);
      throw new Unreachable(`${what}: ${why}`, { cause: error });
    }
  }
}

/** @param {unknown} error */
function cause(error) {
  const inner = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return inner instanceof Error ? inner.message || inner.name : String(inner);
}

/**
 * @param {Response} response
 * @param {Patience} patience
 */
async function refusal(response, patience) {
  const text = await patience.during(response.text(), "The answer cannot be read");
  let detail = `The server answered ${response.status} ${response.statusText}`.trimEnd();
  /** @type {FieldError[]} */
  let errors = [];
  try {
    const body = JSON.parse(text);
    if (typeof body?.detail === "string") detail = body.detail;
    if (Array.isArray(body?.errors)) errors = body.errors;
  } catch {
    // Something between here and the server said so, in words of its own.
  }
  const seconds = Number(response.headers.get("Retry-After") ?? NaN);
  const retryAfter = Number.isFinite(seconds) ? seconds : null;
  return new Refused(response.status, detail, errors, retryAfter, response.headers.get("X-Request-Id"));
}

/**
 * @param {Response} response
 * @param {Patience} patience
 * @returns {AsyncGenerator<StreamEvent, void, undefined>}
 */
async function* events(response, patience) {
  if (response.body === null) return;
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  while (true) {
    const { done, value } = await patience.during(reader.read(), "The event stream broke off");
    if (done) return;
    patience.renew();
    // A line break may be split between two parts: only what is followed by a blank line is whole.
    const blocks = (rest + decoder.decode(value, { stream: true }).replaceAll("\r", "")).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = parsed(block);
      if (event !== undefined) yield event;
      // Whoever reads slowly is not to blame for the silence.
      patience.renew();
    }
  }
}

/**
 * @param {string} block
 * @returns {StreamEvent | undefined} Nothing for a comment.
 */
function parsed(block) {
  const fields = block.split("\n").map((line) => /^([^:]*):? ?(.*)$/.exec(line) ?? ["", "", ""]);
  const data = fields.filter((field) => field[1] === "data").map((field) => field[2]);
  if (data.length === 0) return undefined;
  const name = fields.find((field) => field[1] === "event")?.[2] ?? "message";
  const id = fields.find((field) => field[1] === "id")?.[2];
  return { name: /** @type {StreamEvent["name"]} */ (name), data: JSON.parse(data.join("\n")), ...(id && { id }) };
}

/**
 * A path in which an id, whatever it holds, stays one part.
 *
 * @param {TemplateStringsArray} texts
 * @param {string[]} ids
 */
function path(texts, ...ids) {
  return String.raw({ raw: texts }, ...ids.map(encodeURIComponent));
}

/** @param {Record<string, unknown>} query */
function queryText(query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const texts = given.map(([name, value]) => [name, value instanceof Date ? moment(value) : String(value)]);
  return texts.length === 0 ? "" : `?${new URLSearchParams(texts)}`;
}

/** @param {Date} date */
function moment(date) {
  return date.toISOString().replace(/\.\d+Z$/, "Z");
}
