"""Both clients against the real server: every operation of the API, and what they promise beyond it."""

from __future__ import annotations

import datetime
import json
import os
import pathlib
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest

import partner_database
from jobtalk_server import ADMIN, ROOT, JobtalkServer
from processes import free_port

sys.path.insert(0, str(ROOT / "Clients/python"))
import jobtalk  # noqa: E402

DAYS = ("2024-11-01", "2024-11-30")


class World:
    """A server with a partner that is in trouble, and how to name it to a client."""

    def __init__(self, server: JobtalkServer, name: str) -> None:
        self.server = server
        path = server.partner_files / f"{name}.db"
        partner_database.write_file(path, partner_database.live(limit=5))
        self.fields = {"partnerName": name, "dbType": "sqlite", "dbName": path.name}


@pytest.fixture(scope="module")
def crowd(new_server: Callable[..., JobtalkServer]) -> JobtalkServer:
    return new_server()


def operations(description: dict[str, Any]) -> set[str]:
    return {
        f"{method.upper()} {path}" for path, methods in description["paths"].items() for method in methods
        if method in ("get", "post", "put", "delete")
    }


def called(description: dict[str, Any], requests: list[str]) -> set[str]:
    """The operations that requests, as `GET /path`, amount to."""
    found = set()
    # The paths without braces first: `/api/partners/test-connection` is no partner.
    for name in sorted(operations(description), key=lambda name: "{" in name):
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", name)
        matching = [request for request in requests if re.fullmatch(pattern, request)]
        requests = [request for request in requests if request not in matching]
        if matching:
            found.add(name)
    assert requests == []
    return found


class Recording(jobtalk.JobTalk):
    """Remembers what was asked."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.requests: list[str] = []

    def _request(self, method: str, path: str, *rest: Any) -> Any:
        self.requests.append(f"{method} {path}")
        return super()._request(method, path, *rest)


class TestPython:
    def test_every_operation(self, crowd: JobtalkServer, description: dict[str, Any]) -> None:
        world = World(crowd, "Python")
        with Recording(crowd.url, **ADMIN) as api:
            assert api.health()["status"] == "ok"
            assert api.me()["username"] == "admin"
            partner = api.create_partner(**world.fields)
            self.watch(api, partner)
            self.operate(api, partner)
            self.administer(api, crowd)
            assert api.delete_partner(partner) == "Partner deleted successfully"
        assert called(description, api.requests) == operations(description)

    def watch(self, api: jobtalk.JobTalk, partner: str) -> None:
        events = api.stream()
        assert next(events).name == "overview"
        for event in events:
            if event.name == "partner" and event.data["partner"]["id"] == partner and event.data["snapshot"]:
                break
        events.close()
        assert api.metrics(partner)["runningCampaigns"] == 88
        assert api.overview()["totalPartners"] == len(api.dashboard_partners()) == len(api.partners())
        assert api.partner(partner)["dbTlsCa"] is None
        # The end is in whole seconds and not included: a little later, for the reading is of this very second.
        now, minute = datetime.datetime.now(datetime.timezone.utc), datetime.timedelta(minutes=1)
        assert api.partner_history(partner, now - 60 * minute, now + minute, points=10)["series"]
        assert api.dashboard_history(points=10)["stepSeconds"] > 0
        assert api.period_stats(partner, *DAYS)["success"] is True
        assert api.all_period_stats(datetime.date(2024, 11, 1), datetime.date(2024, 11, 30))["success"] is True
        alert = next(alert for alert in api.alerts(limit=1000) if alert["partnerId"] == partner)
        assert alert["level"] == "CRITICAL" and api.alert_summary()["critical"] > 0
        assert "24 hours" in api.dismiss_alert(alert["id"])
        assert api.alerts(resolved=True) == []

    def test_a_stream_goes_on_where_it_was_left(self, crowd: JobtalkServer) -> None:
        with jobtalk.JobTalk(crowd.url, **ADMIN) as api:
            gone = api.create_partner(**World(crowd, "Left").fields, isActive=False)
            place = next(event.id for event in api.stream() if event.id)
            api.delete_partner(gone)
            events = api.stream(after=place)
            assert next(events).name == "overview"
            # Only who was there before is told who is gone.
            assert next(event for event in events if event.name == "removed").data == {"id": gone}

    def operate(self, api: jobtalk.JobTalk, partner: str) -> None:
        assert api.update_partner(partner, tenantId=7) == "Partner updated successfully"
        assert api.test_connection(partner)["success"] is True
        assert api.test_unsaved(partner, dbName="nowhere.db")["success"] is False
        assert "initiated for" in api.force_sync(partner) and "partners" in api.refresh_dashboard()
        assert api.logs(partner, limit=1)[0]["status"] == "SUCCESS"
        assert re.fullmatch(r"Deleted \d+ connection logs", api.clear_logs(partner))
        assert api.set_concurrency(partner, 15, "Increased capacity")["syncedToPartner"] is True
        assert api.set_pause(partner, True)["message"] == "pauseNonPriorityCampaigns enabled"
        assert [change["newValue"] for change in api.concurrency_history(partner, limit=2)] == [True, 15]

    def administer(self, api: jobtalk.JobTalk, server: JobtalkServer) -> None:
        assert api.settings()["refreshInterval"] == 120
        assert api.update_settings(refreshInterval=121, alertThreshold=81) == "Settings updated successfully"
        assert api.update_settings(refreshInterval=120, alertThreshold=80) == "Settings updated successfully"
        user = api.create_user("snake", "snake@example.com", "VIEWER", "seven tall ships")
        assert user in [other["id"] for other in api.users()]
        assert api.update_user(user, email="python@example.com") == "User updated successfully"
        with jobtalk.JobTalk(server.url) as other:
            assert other.login("snake", "seven tall ships")["role"] == "VIEWER"
            assert other.change_password("seven tall ships", "eight tall ships") == "Password changed successfully"
            with pytest.raises(jobtalk.Forbidden):
                other.users()
        # It changed its own, too, so that it can sign in when its token dies.
        assert api.change_password(ADMIN["password"], "one more password") == "Password changed successfully"
        assert api.change_password("one more password", ADMIN["password"]) == "Password changed successfully"
        assert api.delete_user(user) == "User deleted successfully"

    def test_signs_in_again_when_its_token_dies(self, crowd: JobtalkServer) -> None:
        api = jobtalk.JobTalk(crowd.url, **ADMIN)
        api.me()
        jobtalk.JobTalk(crowd.url, token=api._token).logout()
        assert api.me()["username"] == "admin"

    def test_without_a_password_a_dead_token_is_an_error(self, crowd: JobtalkServer) -> None:
        with pytest.raises(jobtalk.NotSignedIn) as refusal:
            jobtalk.JobTalk(crowd.url, token="dead").me()
        assert refusal.value.status == 401 and refusal.value.request_id

    def test_errors_carry_the_faulty_fields(self, crowd: JobtalkServer) -> None:
        with pytest.raises(jobtalk.Invalid) as refusal:
            jobtalk.JobTalk(crowd.url, **ADMIN).update_settings(refreshInterval=1, alertThreshold="high")
        assert {error["field"] for error in refusal.value.errors} == {"refreshInterval", "alertThreshold"}
        assert str(refusal.value) == refusal.value.detail

    def test_nobody_there(self) -> None:
        with pytest.raises(jobtalk.Unreachable):
            jobtalk.JobTalk(f"http://127.0.0.1:{free_port()}", token="x").me()

    def test_what_is_not_this_api(self, stranger: str) -> None:
        api = jobtalk.JobTalk(stranger, token="x", timeout=1)
        with pytest.raises(jobtalk.Unavailable) as refusal:
            api.me()
        assert refusal.value.retry_after == 7
        with pytest.raises(jobtalk.Unreachable):
            api.settings()
        with pytest.raises(jobtalk.Refused) as redirection:
            api.users()
        assert redirection.value.status == 302
        with pytest.raises(jobtalk.Unreachable, match="timed out"):
            api.overview()

    def test_types(self) -> None:
        run = subprocess.run(
            [sys.executable, "-m", "mypy", "--strict", "--cache-dir", os.devnull, ROOT / "Clients/python/jobtalk.py"],
            text=True, capture_output=True)
        assert run.returncode == 0, run.stdout


class TestJavaScript:
    """The cases are in `javascript_client.mjs`; Node's own test runner runs them."""

    def test_it(self, crowd: JobtalkServer, stranger: str, description: dict[str, Any], tmp_path: pathlib.Path) -> None:
        world = World(crowd, "JavaScript")
        requests = tmp_path / "requests.json"
        given = {
            "url": crowd.url, "admin": ADMIN, "fields": world.fields, "stranger": stranger,
            "nobody": f"http://127.0.0.1:{free_port()}", "requests": str(requests),
        }
        run = subprocess.run(
            ["node", "--test-reporter=spec", pathlib.Path(__file__).parent / "javascript_client.mjs"],
            env={**os.environ, "GIVEN": json.dumps(given)}, text=True, capture_output=True, timeout=300)
        print(run.stdout)
        assert run.returncode == 0, run.stdout + run.stderr
        assert called(description, json.loads(requests.read_text())) == operations(description)


class Stranger(BaseHTTPRequestHandler):
    """Something between client and server: refuses, redirects, talks of other things, or says nothing."""

    def do_GET(self) -> None:
        if self.path == "/api/dashboard/overview":
            self.server.patience.wait(10)  # type: ignore[attr-defined]
            return
        status = {"/api/auth/me": 503, "/api/users": 302}.get(self.path, 200)
        self.send_response(status)
        self.send_header("Retry-After", "7")
        self.send_header("Location", "/elsewhere")
        self.end_headers()
        self.wfile.write(b"<html>Back soon</html>")

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Stranger) as server:
        server.patience = threading.Event()  # type: ignore[attr-defined]
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.patience.set()  # type: ignore[attr-defined]
        server.shutdown()
        thread.join()
