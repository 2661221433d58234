"""A client of the JobTalk Admin API in one file: copy it, import it. It needs Python 3.11 and nothing else.

    from jobtalk import JobTalk

    with JobTalk("https://console.example.com", "admin", "secret") as api:
        print(api.overview()["activeCalls"])
"""

from __future__ import annotations

import json
import ssl
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timezone
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from typing import Any, Literal, NamedTuple, NotRequired, Self, TypedDict

__all__ = [
    "JobTalk", "JobTalkError", "Unreachable", "Refused", "NotSignedIn", "Forbidden", "NotFound", "Invalid",
    "TooManyRequests", "Unavailable", "Event", "FieldError",
]

Role = Literal["ADMIN", "VIEWER"]
AlertLevel = Literal["NORMAL", "IDLE", "MEDIUM", "HIGH", "CRITICAL", "ERROR"]
SyncStatus = Literal["NEVER_SYNCED", "IN_PROGRESS", "SUCCESS", "FAILED"]
Json = dict[str, Any]


# What goes wrong


class FieldError(TypedDict):
    """One faulty field of a body or a query: `message` is the end of a sentence that starts with `field`."""

    field: str
    message: str


class JobTalkError(Exception):
    """Whatever goes wrong in a call; its text is a sentence for a person."""


class Unreachable(JobTalkError):
    """Nobody answered in time, or not as this API does."""


class Refused(JobTalkError):
    """The server answered with an error."""

    def __init__(
        self, status: int, detail: str, errors: list[FieldError], retry_after: float | None, request_id: str | None
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        #: Every faulty field, if the status is 422.
        self.errors = errors
        #: Seconds after which another try is worth it, if the server said so.
        self.retry_after = retry_after
        #: Names the request in the server's log.
        self.request_id = request_id


class NotSignedIn(Refused):
    """401: no token, one that is no longer good, or a wrong password."""


class Forbidden(Refused):
    """403: it takes an administrator."""


class NotFound(Refused):
    """404: there is none with that id, or nothing known of it yet."""


class Invalid(Refused):
    """400 or 422: what was asked for cannot be; see `errors`."""


class TooManyRequests(Refused):
    """429: see `retry_after`."""


class Unavailable(Refused):
    """503: the server is starting or stopping; see `retry_after`."""


_REFUSALS: Mapping[int, type[Refused]] = {
    400: Invalid, 401: NotSignedIn, 403: Forbidden, 404: NotFound, 422: Invalid, 429: TooManyRequests,
    503: Unavailable,
}


# What comes back


class Identity(TypedDict):
    id: str
    username: str
    email: str
    role: Role


class CurrentUser(Identity):
    demo: NotRequired[bool]


class User(Identity):
    isActive: bool
    lastLogin: str | None
    createdAt: str


class Overview(TypedDict):
    campaignsToday: int
    runningCampaigns: int
    activeCalls: int
    queuedCalls: int
    completedCallsToday: int
    remainingCalls: int
    totalPartners: int
    activePartners: int
    avgUtilization: float
    lastUpdated: str
    freshPartners: int
    stalePartners: int


class DashboardPartnerHead(TypedDict):
    id: str
    partnerName: str
    tenantId: int
    concurrencyLimit: int
    pauseNonPriorityCampaigns: bool
    isActive: bool
    lastSyncAt: str | None
    lastSyncStatus: SyncStatus
    lastErrorMessage: str | None
    nextSyncAt: str | None


class _Numbers(TypedDict):
    campaignsToday: int
    runningCampaigns: int
    activeCalls: int
    queuedCalls: int
    completedCallsToday: int
    voicemailCount: int
    customerEndedCount: int
    remainingCalls: int
    concurrencyLimit: int
    utilizationPercent: float
    alertLevel: AlertLevel
    alertMessage: str | None
    snapshotTime: str
    dataFetchTimeMs: int
    isStale: bool


class DashboardSnapshot(_Numbers):
    pass


class DashboardPartner(TypedDict):
    partner: DashboardPartnerHead
    snapshot: DashboardSnapshot | None


class Metrics(_Numbers):
    id: str
    partnerId: str


class PendingChange(TypedDict):
    field: Literal["concurrencyLimit", "pauseNonPriorityCampaigns"]
    value: int | bool
    since: str
    error: str | None


class SshConfig(TypedDict):
    enabled: bool
    host: NotRequired[str]
    port: NotRequired[int]
    username: NotRequired[str]
    authMethod: NotRequired[Literal["password", "privateKey"] | None]
    hostKeyFingerprint: NotRequired[str]


class Partner(TypedDict):
    id: str
    partnerName: str
    tenantId: int
    dbHost: str
    dbPort: int
    dbName: str
    dbType: Literal["mysql", "postgresql", "sqlite"]
    dbUsername: str
    dbTlsMode: Literal["disabled", "preferred", "required", "verify-full"]
    concurrencyLimit: int
    pauseNonPriorityCampaigns: bool
    isActive: bool
    sshConfig: SshConfig
    lastSyncAt: str | None
    lastSyncStatus: SyncStatus
    lastErrorMessage: str | None
    consecutiveFailures: int
    nextSyncAt: str | None
    alertLevel: AlertLevel | None
    pendingChanges: list[PendingChange]
    createdAt: str
    updatedAt: str


class PartnerDetail(Partner):
    dbTlsCa: str | None


class ConnectionTest(TypedDict):
    success: bool
    message: str
    responseTimeMs: int
    details: Json


class ConnectionLog(TypedDict):
    id: str
    partnerId: str
    operation: Literal["test", "sync", "write"]
    status: Literal["SUCCESS", "SSH_FAILED", "DB_FAILED", "QUERY_FAILED", "TIMEOUT"]
    timestamp: str
    responseTimeMs: int
    errorMessage: str | None


#: `series` holds `time`, and for each metric `{"min", "mean", "max"}`.
History = TypedDict("History", {"from": str, "to": str, "stepSeconds": int, "series": list[Json]})


class StatusCounts(TypedDict):
    total: int
    byStatus: dict[str, int]


class Period(TypedDict):
    startDate: str
    endDate: str


class PeriodStats(TypedDict):
    success: bool
    error: NotRequired[str]
    period: Period
    calls: StatusCounts
    submittals: StatusCounts


class PartnerCounts(TypedDict):
    partnerId: str
    partnerName: str
    error: NotRequired[str]
    calls: StatusCounts
    submittals: StatusCounts


class Aggregated(TypedDict):
    calls: StatusCounts
    submittals: StatusCounts


class AllPeriodStats(TypedDict):
    success: bool
    period: Period
    totalPartners: int
    failedPartners: int
    aggregated: Aggregated
    partnerBreakdown: list[PartnerCounts]


class Settings(TypedDict):
    refreshInterval: int
    dataRetentionDays: int
    alertThreshold: int
    autoRefreshEnabled: bool
    queryTimeout: int
    connectionTimeout: int
    concurrentPartnerLimit: int
    timeZone: str
    criticalQueuedThreshold: int
    criticalUtilizationThreshold: int
    highQueuedMin: int


class ChangeResult(TypedDict):
    """`syncedToPartner` tells whether the partner has it; if not, `syncError` why and `pending` whether it will."""

    success: bool
    message: str
    syncedToPartner: bool
    warning: NotRequired[str]
    syncError: NotRequired[str]
    pending: NotRequired[bool]


class ConcurrencyChange(TypedDict):
    id: str
    field: Literal["concurrencyLimit", "pauseNonPriorityCampaigns"]
    oldValue: int | bool
    newValue: int | bool
    reason: str | None
    changedBy: str
    changedAt: str
    syncedToPartner: bool
    syncedAt: str | None
    syncError: str | None


class Alert(TypedDict):
    id: str
    partnerId: str
    partnerName: str
    level: Literal["MEDIUM", "HIGH", "CRITICAL", "ERROR"]
    message: str
    openedAt: str
    changedAt: str
    resolvedAt: str | None
    dismissedUntil: str | None
    dismissedBy: str | None


class AlertSummary(TypedDict):
    critical: int
    high: int
    medium: int
    offline: int


class Health(TypedDict):
    status: str
    version: str


class Event(NamedTuple):
    """One event of the stream: `overview`, `partner`, `alert` or `removed`, with its payload.

    `id` is the place reached, with the last of the events that belong together.
    """

    name: str
    data: Any
    id: str | None = None


# The client

_JSON: Mapping[str, str] = {"Accept": "application/json"}


class JobTalk:
    """The API of one server, named by its root (`https://console.example.com`), for one user.

    With a user name and a password it signs in when it first needs to, and again when its token dies; with a token
    alone it uses that. As a context it signs out at the end, if it was it that signed in. Every call may raise
    `Unreachable` or a `Refused`. `timeout` is in seconds, and longer than the server's own longest answer.
    """

    def __init__(
        self, url: str, username: str | None = None, password: str | None = None, *, token: str | None = None,
        timeout: float = 70, tls: ssl.SSLContext | None = None,
    ) -> None:
        self._url = url.rstrip("/")
        self._username = username
        self._password = password
        self._token = token
        self._owns_token = False
        self._timeout = timeout
        # No redirects: the API makes none, and a token must not follow one to somebody else.
        self._opener = urllib.request.build_opener(_NoRedirect, urllib.request.HTTPSHandler(context=tls))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._owns_token:
            return
        try:
            self.logout()
        except JobTalkError:
            # The token dies by itself; what went wrong in the block matters more.
            pass

    # Authentication

    def login(self, username: str, password: str) -> Identity:
        """Signs in, and remembers both for when the token dies."""
        answer = self._send("POST", "/api/auth/login", {"username": username, "password": password}, is_open=True)
        self._username, self._password = username, password
        self._token, self._owns_token = answer["access_token"], True
        user: Identity = answer["user"]
        return user

    def change_password(self, current: str, new: str) -> str:
        """Ends every other session of the user."""
        message = self._message(
            "POST", "/api/auth/change-password", {"currentPassword": current, "newPassword": new})
        if self._password is not None:
            self._password = new
        return message

    def logout(self) -> str:
        """The token dies, and nobody is signed in until the next `login`."""
        message = self._message("POST", "/api/auth/logout")
        self._token, self._password, self._owns_token = None, None, False
        return message

    def me(self) -> CurrentUser:
        """Who is signed in."""
        user: CurrentUser = self._get("/api/auth/me")
        return user

    # Dashboard

    def overview(self) -> Overview:
        """The sums over all active partners."""
        overview: Overview = self._get("/api/dashboard/overview")
        return overview

    def dashboard_partners(self) -> list[DashboardPartner]:
        """All partners with their latest snapshots."""
        partners: list[DashboardPartner] = self._get("/api/dashboard/partners")
        return partners

    def refresh_dashboard(self) -> str:
        """Has every active partner visited at once."""
        return self._message("POST", "/api/dashboard/refresh")

    def dashboard_history(
        self, start: datetime | date | str | None = None, end: datetime | date | str | None = None,
        points: int | None = None,
    ) -> History:
        """The overview's numbers over time, in at most `points` steps; the last 24 hours by default."""
        history: History = self._get("/api/dashboard/history", **_window(start, end, points))
        return history

    def stream(self, silence: float = 45, after: str | None = None) -> Iterator[Event]:
        """Events as they come: first the full picture, then what changes.

        Ends when the server ends it, as it does when the token dies: ask for another one then, `after` the last `id`
        that came, and only what changed since is sent; the full picture again if that is not known any more. More than
        `silence` seconds without even a heartbeat are an `Unreachable`.
        """
        headers = {"Accept": "text/event-stream"} | ({} if after is None else {"Last-Event-ID": after})
        with self._open("GET", "/api/dashboard/stream", headers=headers, timeout=silence) as response:
            yield from _events(response)

    # Partners

    def partners(self) -> list[Partner]:
        """All partners by name."""
        partners: list[Partner] = self._get("/api/partners")
        return partners

    def create_partner(self, **fields: Any) -> str:
        """Adds a partner with the documented fields (`partnerName=…, dbHost=…`), and tells its id."""
        identifier: str = self._send("POST", "/api/partners", fields)["id"]
        return identifier

    def partner(self, partner_id: str) -> PartnerDetail:
        partner: PartnerDetail = self._get(_path("/api/partners", partner_id))
        return partner

    def update_partner(self, partner_id: str, **fields: Any) -> str:
        """Changes the given fields and no others."""
        return self._message("PUT", _path("/api/partners", partner_id), fields)

    def delete_partner(self, partner_id: str) -> str:
        return self._message("DELETE", _path("/api/partners", partner_id))

    def test_connection(self, partner_id: str) -> ConnectionTest:
        """Whether the partner can be used; a failure is no exception, but `success` is false."""
        report: ConnectionTest = self._send("POST", _path("/api/partners", partner_id, "test-connection"))
        return report

    def test_unsaved(self, partner_id: str | None = None, **fields: Any) -> ConnectionTest:
        """The same for a partner as it would be with these fields, or for a new one."""
        body = fields if partner_id is None else {**fields, "id": partner_id}
        report: ConnectionTest = self._send("POST", "/api/partners/test-connection", body)
        return report

    def force_sync(self, partner_id: str) -> str:
        """Has the partner visited at once."""
        return self._message("POST", _path("/api/partners", partner_id, "force-sync"))

    def metrics(self, partner_id: str) -> Metrics:
        """The latest snapshot; `NotFound` before the first."""
        metrics: Metrics = self._get(_path("/api/partners", partner_id, "metrics"))
        return metrics

    def logs(self, partner_id: str, limit: int = 50) -> list[ConnectionLog]:
        """Connection logs, newest first."""
        logs: list[ConnectionLog] = self._get(_path("/api/partners", partner_id, "logs"), limit=limit)
        return logs

    def clear_logs(self, partner_id: str) -> str:
        return self._message("DELETE", _path("/api/partners", partner_id, "logs"))

    def partner_history(
        self, partner_id: str, start: datetime | date | str | None = None, end: datetime | date | str | None = None,
        points: int | None = None,
    ) -> History:
        """One partner's numbers over time, in at most `points` steps; the last 24 hours by default."""
        path = _path("/api/partners", partner_id, "history")
        history: History = self._get(path, **_window(start, end, points))
        return history

    # Statistics

    def period_stats(self, partner_id: str, start_date: date | str, end_date: date | str) -> PeriodStats:
        """Calls and submittals of a partner from one day to another, both included."""
        path = _path("/api/partners", partner_id, "period-stats")
        stats: PeriodStats = self._get(path, start_date=_text(start_date), end_date=_text(end_date))
        return stats

    def all_period_stats(self, start_date: date | str, end_date: date | str) -> AllPeriodStats:
        """The same of all active partners, in sum and each."""
        stats: AllPeriodStats = self._get(
            "/api/all-partners/period-stats", start_date=_text(start_date), end_date=_text(end_date))
        return stats

    # Settings

    def settings(self) -> Settings:
        settings: Settings = self._get("/api/settings")
        return settings

    def update_settings(self, **settings: Any) -> str:
        """Changes the given settings, all or none."""
        return self._message("PUT", "/api/settings", settings)

    # Concurrency

    def set_concurrency(self, partner_id: str, limit: int, reason: str | None = None) -> ChangeResult:
        """Changes the limit, here and at the partner."""
        body: Json = {"newLimit": limit} if reason is None else {"newLimit": limit, "reason": reason}
        result: ChangeResult = self._send("POST", _path("/api/partners", partner_id, "concurrency"), body)
        return result

    def set_pause(self, partner_id: str, enabled: bool) -> ChangeResult:
        """Pauses campaigns without priority, or lets them go on."""
        path = _path("/api/partners", partner_id, "pause-non-priority")
        result: ChangeResult = self._send("POST", path, {"enabled": enabled})
        return result

    def concurrency_history(self, partner_id: str, limit: int = 20) -> list[ConcurrencyChange]:
        """Changes of limit and pause, newest first."""
        path = _path("/api/partners", partner_id, "concurrency-history")
        changes: list[ConcurrencyChange] = self._get(path, limit=limit)
        return changes

    # Alerts

    def alerts(self, resolved: bool = False, limit: int = 100) -> list[Alert]:
        """The open alerts, worst first, or those that are over."""
        alerts: list[Alert] = self._get("/api/alerts", resolved=str(resolved).lower(), limit=limit)
        return alerts

    def alert_summary(self) -> AlertSummary:
        """How many are open and not dismissed, by level."""
        summary: AlertSummary = self._get("/api/alerts/summary")
        return summary

    def dismiss_alert(self, alert_id: str, hours: int = 24) -> str:
        """Hides an alert for so long, or until it gets worse."""
        return self._message("PUT", _path("/api/alerts", alert_id, "dismiss"), hours=hours)

    # Users

    def users(self) -> list[User]:
        users: list[User] = self._get("/api/users")
        return users

    def create_user(self, username: str, email: str, role: Role, password: str) -> str:
        """Lets somebody in, and tells the id."""
        body = {"username": username, "email": email, "role": role, "password": password}
        identifier: str = self._send("POST", "/api/users", body)["id"]
        return identifier

    def update_user(self, user_id: str, **fields: Any) -> str:
        """Changes the given fields and no others."""
        return self._message("PUT", _path("/api/users", user_id), fields)

    def delete_user(self, user_id: str) -> str:
        return self._message("DELETE", _path("/api/users", user_id))

    # Health

    def health(self) -> Health:
        """Whether the server serves; needs no user."""
        health: Health = self._send("GET", "/health", is_open=True)
        return health

    # How it is sent

    def _get(self, path: str, **query: Any) -> Any:
        return self._send("GET", path, None, query)

    def _message(self, method: str, path: str, body: Json | None = None, **query: Any) -> str:
        message: str = self._send(method, path, body, query)["message"]
        return message

    def _send(
        self, method: str, path: str, body: Json | None = None, query: Mapping[str, Any] | None = None, *,
        is_open: bool = False,
    ) -> Any:
        with self._open(method, path, body, query, is_open=is_open) as response:
            try:
                return json.loads(response.read())
            except (OSError, HTTPException, ValueError) as error:
                raise Unreachable(f"The answer of {self._url} cannot be read: {error}") from error

    def _open(
        self, method: str, path: str, body: Json | None = None, query: Mapping[str, Any] | None = None, *,
        is_open: bool = False, headers: Mapping[str, str] = _JSON, timeout: float | None = None,
    ) -> HTTPResponse:
        """Signs in if need be, and once more if the token turns out to be dead."""
        if is_open:
            return self._request(method, path, body, query, None, headers, timeout)
        is_new = self._token is None
        if is_new:
            self._sign_in()
        try:
            return self._request(method, path, body, query, self._token, headers, timeout)
        except NotSignedIn:
            if is_new or self._password is None:
                raise
            self._sign_in()
            return self._request(method, path, body, query, self._token, headers, timeout)

    def _sign_in(self) -> None:
        if self._username is not None and self._password is not None:
            self.login(self._username, self._password)

    def _request(
        self, method: str, path: str, body: Json | None, query: Mapping[str, Any] | None, token: str | None,
        more: Mapping[str, str], timeout: float | None,
    ) -> HTTPResponse:
        address = self._url + path + ("?" + urllib.parse.urlencode(query) if query else "")
        headers = {"User-Agent": "jobtalk-python/1.0.0", **more}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        data = None
        if body is not None:
            data = json.dumps(body, allow_nan=False).encode()
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(address, data, headers, method=method)
        try:
            response: HTTPResponse = self._opener.open(request, timeout=timeout or self._timeout)
            return response
        except urllib.error.HTTPError as error:
            with error:
                raise _refusal(error) from None
        except (OSError, HTTPException) as error:
            raise Unreachable(f"{self._url} cannot be reached: {getattr(error, 'reason', error)}") from error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *arguments: Any) -> None:
        return None


def _refusal(error: urllib.error.HTTPError) -> JobTalkError:
    try:
        body = json.loads(error.read())
        detail, errors = str(body["detail"]), body.get("errors", [])
    except (OSError, HTTPException, ValueError, TypeError, KeyError, AttributeError):
        # Something between here and the server said so.
        detail, errors = f"The server answered {error.code} {error.reason}", []
    try:
        retry_after = float(error.headers["Retry-After"])
    except (TypeError, ValueError):
        retry_after = None
    kind = _REFUSALS.get(error.code, Refused)
    return kind(error.code, detail, errors, retry_after, error.headers["X-Request-Id"])


def _events(lines: HTTPResponse) -> Iterator[Event]:
    name, place = "message", None
    data: list[str] = []
    try:
        for line in lines:
            text = line.decode().rstrip("\r\n")
            if text == "" and data:
                yield Event(name, json.loads("\n".join(data)), place)
            if text == "":
                name, data, place = "message", [], None
                continue
            field, _, value = text.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                name = value
            elif field == "data":
                data.append(value)
            elif field == "id":
                place = value
    except (OSError, HTTPException, ValueError) as error:
        raise Unreachable(f"The event stream broke off: {error}") from error


def _path(*parts: str) -> str:
    """An id may hold anything, but it stays one part of the path."""
    return "/".join([parts[0], *(urllib.parse.quote(part, safe="") for part in parts[1:])])


def _window(
    start: datetime | date | str | None, end: datetime | date | str | None, points: int | None
) -> dict[str, Any]:
    given = {"from": start, "to": end, "points": points}
    return {name: _text(value) for name, value in given.items() if value is not None}


def _text(value: datetime | date | str | int) -> str:
    if isinstance(value, datetime):
        return value.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat() if isinstance(value, date) else str(value)
