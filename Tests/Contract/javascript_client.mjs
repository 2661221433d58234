// The JavaScript client against a real server, which test_clients.py starts and describes in GIVEN.
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { after, test } from "node:test";

import { JobTalk, Refused, Unreachable } from "../../Clients/javascript/jobtalk.js";

const given = JSON.parse(process.env.GIVEN);
const days = ["2024-11-01", "2024-11-30"];
const requests = [];

const recording = (url, options) => {
  requests.push(`${options.method} ${new URL(url).pathname}`);
  return fetch(url, options);
};

after(() => writeFileSync(given.requests, JSON.stringify(requests)));

test("Every operation", async () => {
  const api = new JobTalk(given.url, { ...given.admin, fetch: recording });
  assert.equal((await api.health()).status, "ok");
  assert.equal((await api.me()).username, "admin");
  const partner = await api.createPartner(given.fields);
  await watch(api, partner);
  await operate(api, partner);
  await administer(api);
  assert.equal(await api.deletePartner(partner), "Partner deleted successfully");
  assert.equal(await api.logout(), "Logged out successfully");
});

async function watch(api, partner) {
  let isFirst = true;
  for await (const event of api.stream()) {
    assert.ok(!isFirst || event.name === "overview");
    isFirst = false;
    if (event.name === "partner" && event.data.partner.id === partner && event.data.snapshot !== null) break;
  }
  assert.equal((await api.metrics(partner)).runningCampaigns, 88);
  assert.equal((await api.overview()).totalPartners, (await api.partners()).length);
  assert.equal((await api.dashboardPartners()).length, (await api.partners()).length);
  assert.equal((await api.partner(partner)).dbTlsCa, null);
  // The end is in whole seconds and not included: a little later, for the reading is of this very second.
  const [from, to] = [-3600e3, 60e3].map((milliseconds) => new Date(Date.now() + milliseconds));
  const history = await api.partnerHistory(partner, { from, to, points: 10 });
  assert.ok(history.series.length > 0);
  assert.ok((await api.dashboardHistory({ points: 10 })).stepSeconds > 0);
  assert.ok((await api.periodStats(partner, ...days)).success);
  assert.ok((await api.allPeriodStats(...days)).success);
  const alert = (await api.alerts({ limit: 1000 })).find((alert) => alert.partnerId === partner);
  assert.equal(alert.level, "CRITICAL");
  assert.ok((await api.alertSummary()).critical > 0);
  assert.match(await api.dismissAlert(alert.id, { hours: 2 }), /2 hours/);
  assert.ok(Array.isArray(await api.alerts({ resolved: true })));
}

async function operate(api, partner) {
  assert.equal(await api.updatePartner(partner, { tenantId: 7 }), "Partner updated successfully");
  assert.ok((await api.testConnection(partner)).success);
  assert.ok(!(await api.testUnsaved({ id: partner, dbName: "nowhere.db" })).success);
  assert.match(await api.forceSync(partner), /initiated for/);
  assert.match(await api.refreshDashboard(), /partners/);
  assert.equal((await api.logs(partner, { limit: 1 }))[0].status, "SUCCESS");
  assert.match(await api.clearLogs(partner), /^Deleted \d+ connection logs$/);
  assert.ok((await api.setConcurrency(partner, 15, "Increased capacity")).syncedToPartner);
  assert.equal((await api.setPause(partner, true)).message, "pauseNonPriorityCampaigns enabled");
  const changes = await api.concurrencyHistory(partner, { limit: 2 });
  assert.deepEqual(changes.map((change) => change.newValue), [true, 15]);
}

async function administer(api) {
  assert.equal((await api.settings()).refreshInterval, 120);
  assert.equal(await api.updateSettings({ alertThreshold: 81 }), "Settings updated successfully");
  assert.equal(await api.updateSettings({ alertThreshold: 80 }), "Settings updated successfully");
  const login = { username: "cup", password: "seven tall ships" };
  const user = await api.createUser({ ...login, email: "cup@example.com", role: "VIEWER" });
  assert.ok((await api.users()).some((other) => other.id === user));
  assert.equal(await api.updateUser(user, { email: "java@example.com" }), "User updated successfully");
  const other = new JobTalk(given.url, { fetch: recording });
  assert.equal((await other.login(login.username, login.password)).role, "VIEWER");
  assert.equal(await other.changePassword(login.password, "eight tall ships"), "Password changed successfully");
  await assert.rejects(other.users(), (error) => error instanceof Refused && error.status === 403);
  assert.equal(await api.deleteUser(user), "User deleted successfully");
}

test("It signs in again when its token dies, once for all calls that find it dead", async () => {
  const logins = [];
  let token = "";
  const api = new JobTalk(given.url, {
    ...given.admin,
    fetch: async (url, options) => {
      if (url.endsWith("/login")) logins.push(url);
      token = options.headers.Authorization?.split(" ")[1] ?? token;
      return await fetch(url, options);
    },
  });
  await api.me();
  await new JobTalk(given.url, { token }).logout();
  const users = await Promise.all([api.me(), api.me(), api.me()]);
  assert.deepEqual(users.map((user) => user.username), ["admin", "admin", "admin"]);
  assert.equal(logins.length, 2);
});

test("Without a password a dead token is an error that names the request", async () => {
  await assert.rejects(
    new JobTalk(given.url, { token: "dead" }).me(),
    (error) => error instanceof Refused && error.status === 401 && error.requestId !== null,
  );
});

test("Errors carry the faulty fields", async () => {
  const change = new JobTalk(given.url, given.admin).updateSettings({ refreshInterval: 1, alertThreshold: 0 });
  await assert.rejects(change, (error) => {
    assert.equal(error.message, error.detail);
    assert.deepEqual(error.errors.map((fault) => fault.field).sort(), ["alertThreshold", "refreshInterval"]);
    return true;
  });
});

test("A stream goes on where it was left", async () => {
  const api = new JobTalk(given.url, given.admin);
  const gone = await api.createPartner({ ...given.fields, partnerName: "Left", isActive: false });
  const place = (await first(api.stream(), ({ id }) => id !== undefined)).id;
  await api.deletePartner(gone);
  assert.equal((await first(api.stream({ after: place }), () => true)).name, "overview");
  // Only who was there before is told who is gone.
  const removed = await first(api.stream({ after: place }), ({ name }) => name === "removed");
  assert.deepEqual(removed.data, { id: gone });
});

async function first(events, isWanted) {
  for await (const event of events) if (isWanted(event)) return event;
  throw new Error("the stream ended");
}

test("A caller who gives up gets the own reason", async () => {
  const api = new JobTalk(given.url, given.admin);
  const reason = new Error("no more");
  await assert.rejects(api.me({ signal: AbortSignal.abort(reason) }), reason);
  const controller = new AbortController();
  const reading = (async () => {
    for await (const event of api.stream({ signal: controller.signal })) {
      if (event.name === "overview") controller.abort(reason);
    }
  })();
  await assert.rejects(reading, reason);
});

test("Nobody there, and what is not this API", async () => {
  await assert.rejects(new JobTalk(given.nobody, { token: "x" }).me(), Unreachable);
  const api = new JobTalk(given.stranger, { token: "x", timeout: 1 });
  await assert.rejects(api.me(), (error) => error instanceof Refused && error.status === 503 && error.retryAfter === 7);
  await assert.rejects(api.settings(), Unreachable);
  await assert.rejects(api.users(), Unreachable);
  await assert.rejects(api.overview(), (error) => error instanceof Unreachable && /1 s/.test(error.message));
});
