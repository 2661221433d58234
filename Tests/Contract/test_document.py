"""Every request and response example of the API document, against the real server and real partners."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timezone
from typing import Any

import pytest

import partner_database
from comparing import COUNT, TEXT, TIME, differences, replacing
from jobtalk_server import ADMIN, Console, JobtalkServer
from partner_services import Bastion, MariaDB, foreign_key
from processes import free_port

Document = dict[str, dict[str, Any]]
PERIOD = {"start_date": "2024-11-01", "end_date": "2024-11-30"}


def plain(expected: Any, answer: Any) -> None:
    """The answer has exactly the documented keys."""
    assert differences(expected, answer, may_add=False) == []


def describing(expected: Any, answer: Any) -> None:
    """The answer has the documented keys and perhaps more."""
    assert differences(expected, answer, may_add=True) == []


@pytest.fixture
def unreachable(admin: Console) -> Iterator[str]:
    """A partner at whose place nobody listens."""
    partner = admin.add(
        partnerName="Unreachable", dbHost="127.0.0.1", dbPort=free_port(), dbName="x", dbUsername="x", dbPassword="x",
        isActive=False)
    yield partner
    admin.delete(f"/api/partners/{partner}")


@pytest.fixture
def file_partner(server: JobtalkServer, admin: Console) -> Iterator[str]:
    """An inactive partner whose database is a file."""
    path = server.partner_files / "examples.db"
    partner_database.write_file(path, partner_database.live())
    partner = admin.add(partnerName="File", dbType="sqlite", dbName=path.name, isActive=False)
    yield partner
    admin.delete(f"/api/partners/{partner}")
    path.unlink()


# Authentication


class TestAuthentication:
    def test_login(self, server: JobtalkServer, admin: Console, document: Document) -> None:
        example = document["POST /api/auth/login"]
        answer = server.console(**example["request"]).post("/api/auth/login", json=example["request"])
        assert answer.status_code == 200
        expected = replacing(example["200 OK"], access_token=TEXT, id=TEXT)
        plain(expected, answer.json())
        assert answer.json()["access_token"].startswith("eyJ")

    def test_refused_login(self, admin: Console, document: Document) -> None:
        example = document["POST /api/auth/login"]
        answer = admin.post("/api/auth/login", json={**example["request"], "password": "wrong"})
        assert answer.status_code == 401
        plain(example["401 Unauthorized"], answer.json())

    def test_change_password(self, server: JobtalkServer, admin: Console, document: Document) -> None:
        example = document["POST /api/auth/change-password"]
        password = example["request"]["currentPassword"]
        user = {"username": "changer", "email": "changer@example.com", "role": "VIEWER", "password": password}
        assert admin.post("/api/users", json=user).status_code == 200
        console = server.console("changer", password)
        answer = console.post("/api/auth/change-password", json=example["request"])
        assert answer.status_code == 200
        plain(example["200 OK"], answer.json())
        answer = console.post("/api/auth/change-password", json={**example["request"], "newPassword": "another one"})
        assert answer.status_code == 400
        plain(example["400 Bad Request"], answer.json())

    def test_logout(self, server: JobtalkServer, document: Document) -> None:
        console = server.console()
        answer = console.post("/api/auth/logout")
        assert answer.status_code == 200
        plain(document["POST /api/auth/logout"]["200 OK"], answer.json())
        assert console.get("/api/auth/me").status_code == 401


# What is live


class Live:
    """A server with one partner, ApTask, whose MariaDB behind a bastion holds the numbers of the document."""

    def __init__(self, server: JobtalkServer, database: MariaDB, bastion: Bastion) -> None:
        self.database, self.bastion = database, bastion
        self.console = server.console()
        # Today must have begun a while ago and not end while the tests run: a zone in which it is about noon.
        offset = datetime.now(timezone.utc).hour - 12
        assert self.console.put("/api/settings", json={"timeZone": f"Etc/GMT{offset:+d}"}).status_code == 200
        self.partner = self.console.add(
            partnerName="ApTask", tenantId=123, dbHost="127.0.0.1", dbPort=database.port, dbName=database.database,
            dbUsername=database.username, dbPassword=database.password, dbType="mysql", concurrencyLimit=5,
            sshConfig={"enabled": True, "host": "127.0.0.1", "port": bastion.port, "username": bastion.username,
                       "privateKey": bastion.private_key})
        self.console.metrics(self.partner)
        # What cannot be as documented: ids, times, ports, the limit with which 7 active calls are a utilization
        # that raises no alert, and therefore the utilization.
        self.different = {
            "id": TEXT, "partnerId": self.partner, "snapshotTime": TIME, "lastUpdated": TIME, "timestamp": TIME,
            "responseTimeMs": COUNT, "dataFetchTimeMs": COUNT, "concurrencyLimit": partner_database.LIMIT,
            "utilizationPercent": 35.0, "avgUtilization": 35.0,
        }

    def read(self, path: str) -> Any:
        return self.console.read(path)


@pytest.fixture(scope="module")
def live(
    new_server: Callable[..., JobtalkServer], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Live]:
    database = MariaDB(partner_database.live())
    bastion = Bastion(tmp_path_factory.mktemp("bastion"))
    yield Live(new_server(), database, bastion)
    bastion.stop()
    database.stop()


class TestLivePartner:
    def test_overview(self, live: Live, document: Document) -> None:
        expected = replacing(document["GET /api/dashboard/overview"]["200 OK"], **live.different)
        describing(expected, live.read("/api/dashboard/overview"))

    def test_dashboard_partners(self, live: Live, document: Document) -> None:
        expected = replacing(document["GET /api/dashboard/partners"]["200 OK"], **live.different)
        describing(expected, live.read("/api/dashboard/partners"))

    def test_partners(self, live: Live, document: Document) -> None:
        expected = replacing(
            document["GET /api/partners"]["200 OK"], **live.different, dbHost="127.0.0.1", host="127.0.0.1",
            dbPort=live.database.port, port=live.bastion.port, username=live.bastion.username)
        describing(expected, live.read("/api/partners"))

    def test_metrics(self, live: Live, document: Document) -> None:
        expected = replacing(document["GET /api/partners/{partner_id}/metrics"]["200 OK"], **live.different)
        describing(expected, live.read(f"/api/partners/{live.partner}/metrics"))

    def test_force_sync(self, live: Live, document: Document) -> None:
        answer = live.console.post(f"/api/partners/{live.partner}/force-sync")
        assert answer.status_code == 200
        plain(document["POST /api/partners/{partner_id}/force-sync"]["200 OK"], answer.json())

    def test_connection_through_the_tunnel(self, live: Live, document: Document) -> None:
        answer = live.console.post(f"/api/partners/{live.partner}/test-connection")
        assert answer.status_code == 200
        expected = document["POST /api/partners/{partner_id}/test-connection"]["200 OK - Success"]
        describing(replacing(expected, responseTimeMs=COUNT), answer.json())
        example = document["GET /api/partners/{partner_id}/logs"]["200 OK"]
        logs = live.read(f"/api/partners/{live.partner}/logs?limit=50")
        describing(replacing(example, **live.different), logs[:1])

    def test_connection_that_the_bastion_refuses(
        self, live: Live, document: Document, tmp_path_factory: pytest.TempPathFactory
    ) -> None:
        answer = live.console.post("/api/partners/test-connection", json={
            "id": live.partner, "sshConfig": {"privateKey": foreign_key(tmp_path_factory.mktemp("foreign"))}})
        assert answer.status_code == 200
        expected = document["POST /api/partners/{partner_id}/test-connection"]["200 OK - Failed"]
        describing(replacing(expected, responseTimeMs=COUNT), answer.json())

    def test_concurrency(self, live: Live, document: Document) -> None:
        example = document["POST /api/partners/{partner_id}/concurrency"]
        answer = live.console.post(f"/api/partners/{live.partner}/concurrency", json=example["request"])
        assert answer.status_code == 200
        plain(example["200 OK"], answer.json())
        row = live.database.run("SELECT value FROM settings WHERE name = 'callConcurrency'", live.database.database)
        assert row.strip() == str(example["request"]["newLimit"])
        # As before, for the other examples.
        back = live.console.post(
            f"/api/partners/{live.partner}/concurrency", json={"newLimit": partner_database.LIMIT})
        plain(example["200 OK"], back.json())

    def test_pause(self, live: Live, document: Document) -> None:
        example = document["POST /api/partners/{partner_id}/pause-non-priority"]
        path = f"/api/partners/{live.partner}/pause-non-priority"
        answer = live.console.post(path, json=example["request"])
        assert answer.status_code == 200
        plain(example["200 OK"], answer.json())
        row = live.database.run(
            "SELECT value FROM settings WHERE name = 'pauseNonPriorityCampaigns'", live.database.database)
        assert row.strip() == "true"
        answer = live.console.post(path, json={"enabled": False})
        plain({**example["200 OK"], "message": "pauseNonPriorityCampaigns disabled"}, answer.json())


# Partners and settings


class TestPartners:
    @pytest.fixture
    def body(self, document: Document) -> dict[str, Any]:
        """The documented body; only that no host but this one is ever asked, and nobody answers there."""
        return replacing(
            document["POST /api/partners"]["request"], dbHost="127.0.0.1", host="127.0.0.1", dbPort=free_port(),
            port=free_port())

    def test_create_update_and_delete(self, admin: Console, document: Document, body: dict[str, Any]) -> None:
        answer = admin.post("/api/partners", json=body)
        assert answer.status_code == 200
        plain(replacing(document["POST /api/partners"]["200 OK"], id=TEXT), answer.json())
        path = f"/api/partners/{answer.json()['id']}"
        shown = {key: value for key, value in body.items() if key != "dbPassword"}
        shown["sshConfig"] = {key: value for key, value in body["sshConfig"].items() if key != "password"}
        describing(shown, admin.read(path))

        answer = admin.put(path, json=body)
        assert answer.status_code == 200
        plain(document["PUT /api/partners/{partner_id}"]["200 OK"], answer.json())
        answer = admin.delete(path)
        assert answer.status_code == 200
        plain(document["DELETE /api/partners/{partner_id}"]["200 OK"], answer.json())
        assert admin.get(path).status_code == 404

    def test_the_body_letter_by_letter(self, admin: Console, document: Document) -> None:
        example = document["POST /api/partners"]
        # Inactive, so that nobody looks for its hosts.
        answer = admin.post("/api/partners", json={**example["request"], "isActive": False})
        assert answer.status_code == 200
        plain(replacing(example["200 OK"], id=TEXT), answer.json())
        admin.delete(f"/api/partners/{answer.json()['id']}")

    def test_clear_logs(self, admin: Console, document: Document, file_partner: str) -> None:
        for _ in range(15):
            assert admin.post(f"/api/partners/{file_partner}/test-connection").json()["success"] is True
        answer = admin.delete(f"/api/partners/{file_partner}/logs")
        assert answer.status_code == 200
        plain(document["DELETE /api/partners/{partner_id}/logs"]["200 OK"], answer.json())
        assert admin.read(f"/api/partners/{file_partner}/logs") == []

    def test_failed_connection_shows_in_the_log(self, admin: Console, document: Document, unreachable: str) -> None:
        answer = admin.post(f"/api/partners/{unreachable}/test-connection").json()
        example = document["POST /api/partners/{partner_id}/test-connection"]["200 OK - Failed"]
        message = "Database connection failed: Connection refused"
        describing({**example, "message": message, "responseTimeMs": COUNT}, answer)
        assert admin.read(f"/api/partners/{unreachable}/logs")[0]["errorMessage"] == message


class TestSettings:
    def test_get_and_update(self, new_server: Callable[..., JobtalkServer], document: Document) -> None:
        console = new_server().console()
        describing(document["GET /api/settings"]["200 OK"], console.read("/api/settings"))
        example = document["PUT /api/settings"]
        answer = console.put("/api/settings", json=example["request"])
        assert answer.status_code == 200
        plain(example["200 OK"], answer.json())
        describing(example["request"], console.read("/api/settings"))


# Statistics


class Past:
    """A server with three partners whose calls and submittals of November 2024 are those of the document."""

    def __init__(self, server: JobtalkServer, document: Document) -> None:
        self.console = server.console()
        one = document["GET /api/partners/{partner_id}/period-stats"]["200 OK"]
        whole = document["GET /api/all-partners/period-stats"]["200 OK"]["aggregated"]
        first = {kind: one[kind]["byStatus"] for kind in ("calls", "submittals")}
        rest = {
            kind: {status: count - first[kind][status] for status, count in whole[kind]["byStatus"].items()}
            for kind in first
        }
        second = {kind: {status: count // 2 for status, count in rest[kind].items()} for kind in rest}
        third = {kind: {s: count - second[kind][s] for s, count in rest[kind].items()} for kind in rest}
        self.ids = []
        for name, counts in (("ApTask", first), ("Beta", second), ("Gamma", third)):
            partner_database.write_file(
                server.partner_files / f"{name}.db", partner_database.past(counts["calls"], counts["submittals"]))
            self.ids.append(self.console.add(partnerName=name, dbType="sqlite", dbName=f"{name}.db"))


@pytest.fixture(scope="module")
def past(new_server: Callable[..., JobtalkServer], document: Document) -> Past:
    return Past(new_server(), document)


class TestStatistics:
    def test_one_partner(self, past: Past, document: Document) -> None:
        answer = past.console.read(f"/api/partners/{past.ids[0]}/period-stats", **PERIOD)
        describing(document["GET /api/partners/{partner_id}/period-stats"]["200 OK"], answer)

    def test_all_partners(self, past: Past, document: Document) -> None:
        answer = past.console.read("/api/all-partners/period-stats", **PERIOD)
        expected = document["GET /api/all-partners/period-stats"]["200 OK"]
        breakdown = replacing(expected["partnerBreakdown"], partnerId=past.ids[0], total=COUNT)
        describing({**expected, "partnerBreakdown": breakdown},
                   {**answer, "partnerBreakdown": answer["partnerBreakdown"][:1]})
        assert [partner["partnerName"] for partner in answer["partnerBreakdown"]] == ["ApTask", "Beta", "Gamma"]
        assert answer["partnerBreakdown"][0]["calls"]["total"] == 1523


def test_standard_error_format(admin: Console) -> None:
    answer = admin.get("/api/partners/nobody")
    assert answer.status_code == 404
    plain({"detail": TEXT}, answer.json())


def test_documented_administrator_is_the_one_of_the_first_start(document: Document) -> None:
    assert document["POST /api/auth/login"]["request"] == ADMIN
