"""What bad input gets: the right answer or a clear refusal, soon; never a fault of the server, never silence."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from typing import Any

import pytest

import partner_database
from jobtalk_server import Console, JobtalkServer

BODIES: dict[str, dict[str, Any]] = {
    "POST /api/auth/login": {"username": "nobody", "password": "x"},
    "POST /api/auth/change-password": {"currentPassword": "x", "newPassword": "seven tall ships"},
    "POST /api/partners": {
        "partnerName": "Bad", "dbHost": "127.0.0.1", "dbPort": 1, "dbName": "x", "dbUsername": "x", "dbPassword": "x",
        "isActive": False,
    },
    "PUT /api/partners/{id}": {"partnerName": "Bad input", "tenantId": 1},
    "POST /api/users": {"username": "bad", "email": "b@example.com", "role": "VIEWER", "password": "seven tall ships"},
    "PUT /api/settings": {"alertThreshold": 80},
    "POST /api/partners/{id}/concurrency": {"newLimit": 15},
    "POST /api/partners/{id}/pause-non-priority": {"enabled": True},
}
INTEGERS = {
    "POST /api/partners": ("tenantId", "dbPort", "concurrencyLimit", "sshConfig.port"),
    "PUT /api/partners/{id}": ("tenantId", "dbPort", "concurrencyLimit", "sshConfig.port"),
    "PUT /api/settings": ("refreshInterval", "dataRetentionDays", "alertThreshold", "highQueuedMin"),
    "POST /api/partners/{id}/concurrency": ("newLimit",),
}
# As they stand in JSON.
NO_INTEGERS = [
    '"10"', "1.5", "9223372036854775808", "-9223372036854775809", "1e400", "-1", "true", "null", "[10]", "{}",
]
STATISTICS = ("/api/partners/{id}/period-stats", "/api/all-partners/period-stats")


@pytest.fixture(scope="module")
def partner(server: JobtalkServer, admin: Console) -> Iterator[str]:
    path = server.partner_files / "bad.db"
    partner_database.write_file(path, partner_database.live())
    partner = admin.add(partnerName="Bad input", dbType="sqlite", dbName=path.name, isActive=False)
    yield partner
    admin.delete(f"/api/partners/{partner}")


class Raw:
    """Sends bytes as they are, and reads one answer."""

    def __init__(self, server: JobtalkServer, console: Console, partner: str) -> None:
        self._server, self._console, self._partner = server, console, partner

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self._server.port), timeout=20)

    def head(self, operation: str, *lines: str) -> bytes:
        method, path = operation.replace("{id}", self._partner).split(" ")
        return "\r\n".join([
            f"{method} {path} HTTP/1.1", "Host: x", f"Authorization: Bearer {self._console.token}", *lines, "", "",
        ]).encode()

    def send(self, operation: str, body: bytes, *lines: str) -> tuple[int, dict[str, Any]]:
        lines = lines or ("Content-Type: application/json",)
        with self.connect() as stream:
            stream.sendall(self.head(operation, f"Content-Length: {len(body)}", *lines) + body)
            return answer(stream)


def answer(stream: socket.socket) -> tuple[int, dict[str, Any]]:
    """The status and the JSON of the next answer."""
    received = b""
    while b"\r\n\r\n" not in received:
        part = stream.recv(65536)
        assert part, f"the server hung up after {received!r}"
        received += part
    head, body = received.split(b"\r\n\r\n", 1)
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    while len(body) < int(lengths[0].split(b":")[1]):
        body += stream.recv(65536)
    return int(head.split(b" ")[1]), json.loads(body[:int(lengths[0].split(b":")[1])])


def end(stream: socket.socket) -> bytes:
    """What is still to come before the server hangs up."""
    received = b""
    while part := stream.recv(65536):
        received += part
    return received


@pytest.fixture
def raw(server: JobtalkServer, admin: Console, partner: str) -> Raw:
    return Raw(server, admin, partner)


def refused(answer: tuple[int, dict[str, Any]], *statuses: int, field: str | None = None) -> None:
    status, body = answer
    assert status in statuses, body
    assert isinstance(body["detail"], str) and body["detail"]
    assert set(body) == ({"detail", "errors"} if status == 422 else {"detail"})
    if field:
        assert field in [error["field"] for error in body["errors"]]


@pytest.mark.parametrize("operation", BODIES)
class TestBodies:
    @pytest.mark.parametrize("text", [
        b"", b" ", b"{", b"}", b"{]", b"nonsense", b"{'a': 1}", b'{"a": 1,}', b'{"a" 1}', b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 01}', b'{"a": .5}', b'{"a": "\x01"}', b'{"a": "\\ud800"}', b'{"a": 1} {"a": 1}', b'{"a": 1}\x00',
        b"\x00",
        b'\xef\xbb\xbf{"a": 1}', b'{"a": "\xff"}', b'{"a": "\xc0\xaf"}', b'{"a": "\xed\xa0\x80"}',
        '{"a": 1}'.encode("utf-16"), b'{"a": 1, "a": 2}', b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000,
    ], ids=lambda text: repr(text[:16]))
    def test_what_is_not_json(self, raw: Raw, operation: str, text: bytes) -> None:
        refused(raw.send(operation, text), 400)

    @pytest.mark.parametrize("text", [b"null", b"true", b"1", b'"text"', b"[]", b"[{}]"])
    def test_json_that_is_no_object(self, raw: Raw, operation: str, text: bytes) -> None:
        refused(raw.send(operation, text), 422, field="body")

    def test_a_key_twice(self, raw: Raw, operation: str) -> None:
        key, value = next(iter(BODIES[operation].items()))
        member = f"{json.dumps(key)}: {json.dumps(value)}"
        refused(raw.send(operation, f"{{{member}, {member}}}".encode()), 400)

    def test_values_of_other_types(self, raw: Raw, operation: str) -> None:
        for key, value in BODIES[operation].items():
            for other in ([], {}, [value], 7 if isinstance(value, (str, bool)) else "7"):
                body = {**BODIES[operation], key: other}
                refused(raw.send(operation, json.dumps(body).encode()), 422, field=key)

    def test_a_body_that_says_it_is_something_else(self, raw: Raw, operation: str) -> None:
        body = json.dumps(BODIES[operation]).encode()
        foreign = ("text/plain", "application/xml", "multipart/form-data; boundary=x", "application/json; charset=latin1")
        for kind in foreign:
            refused(raw.send(operation, body, f"Content-Type: {kind}"), 415)

    def test_ten_megabytes(self, raw: Raw, operation: str) -> None:
        refused(raw.send(operation, b'{"a": "' + b"x" * (10 << 20) + b'"}'), 413)

    def test_ten_megabytes_in_chunks_of_unknown_number(self, raw: Raw, operation: str) -> None:
        with raw.connect() as stream:
            stream.sendall(raw.head(operation, "Transfer-Encoding: chunked", "Content-Type: application/json"))
            for _ in range(160):
                stream.sendall(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")
            stream.sendall(b"0\r\n\r\n")
            refused(answer(stream), 413)


@pytest.mark.parametrize("operation", BODIES)
def test_a_slow_body_is_taken_if_it_comes_to_an_end(raw: Raw, operation: str) -> None:
    body = b'{"unfinished": '
    with raw.connect() as stream:
        stream.sendall(raw.head(operation, f"Content-Length: {len(body)}", "Content-Type: application/json"))
        for byte in body:
            stream.sendall(bytes([byte]))
            time.sleep(0.01)
        refused(answer(stream), 400)


def test_a_body_that_never_comes_is_not_waited_for_without_end(raw: Raw) -> None:
    with raw.connect() as stream:
        stream.settimeout(60)
        stream.sendall(raw.head("PUT /api/settings", "Content-Length: 20", "Content-Type: application/json") + b"{")
        began = time.monotonic()
        refused(answer(stream), 408)
        assert 20 < time.monotonic() - began < 45


@pytest.mark.parametrize("rubbish", [
    b"rubbish\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", b"\x00" * 1000, b"GET\r\n\r\n",
    b"GET / HTTP/9.9\r\n\r\n", b"POST /api/settings HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    b"POST /api/settings HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    b"POST /api/settings HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    b"GET / HTTP/1.1\r\n" + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
], ids=lambda rubbish: repr(rubbish[:24]))
def test_what_is_not_http_is_refused_or_hung_up_on(raw: Raw, server: JobtalkServer, rubbish: bytes) -> None:
    with raw.connect() as stream:
        try:
            stream.sendall(rubbish)
            stream.shutdown(socket.SHUT_WR)
            received = end(stream)
        except ConnectionError:
            received = b""
    assert received == b"" or received.startswith(b"HTTP/1.1 4"), received
    assert server.is_running


def test_rubbish_behind_a_good_request_harms_only_itself(raw: Raw) -> None:
    with raw.connect() as stream:
        stream.sendall(raw.head("GET /api/auth/me") + b"rubbish\x00\xff\r\n\r\n")
        status, body = answer(stream)
        assert status == 200 and body["username"] == "admin"
        rest = end(stream)
        assert rest == b"" or rest.startswith(b"HTTP/1.1 4")


def test_pipelined_requests_are_answered_in_order(raw: Raw) -> None:
    with raw.connect() as stream:
        last = raw.head("GET /api/settings", "Connection: close")
        stream.sendall(raw.head("GET /api/auth/me") + raw.head("GET /api/nowhere") + last)
        received = end(stream)
    places = [received.index(mark) for mark in (b'"username"', b"HTTP/1.1 404", b'"refreshInterval"')]
    assert places == sorted(places)


@pytest.mark.parametrize("operation", INTEGERS)
@pytest.mark.parametrize("value", NO_INTEGERS)
def test_what_is_no_integer_or_too_large_or_too_small(raw: Raw, operation: str, value: str) -> None:
    for field in INTEGERS[operation]:
        body = dict(BODIES[operation])
        if operation == "PUT /api/partners/{id}":
            # A file, which the partner is, has no port: there `null` is allowed.
            body["dbType"] = "mysql"
        key, _, inner = field.partition(".")
        body[key] = {"enabled": True, "host": "127.0.0.1", "username": "x", "password": "x", inner: 0} if inner else 0
        text = json.dumps(body).replace(f'"{inner or key}": 0', f'"{inner or key}": {value}')
        assert value in text
        refused(raw.send(operation, text.encode()), 422, field=field)


def test_an_integer_may_have_a_fraction_of_zero(raw: Raw) -> None:
    assert raw.send("POST /api/partners/{id}/concurrency", b'{"newLimit": 15.0}')[0] == 200


class TestQueries:
    @pytest.mark.parametrize("path", STATISTICS)
    @pytest.mark.parametrize("date", [
        "", "2024-02-30", "2024-2-3", "2024-13-01", "2024-00-10", "2023-02-29", "%D9%A2%D9%A0%D9%A2%D9%A4-01-01",
        "2024-01-01T00:00:00Z", "20240101", "01-01-2024", "+2024-01-01", "0000-01-01", "2024-01-01%00", "%202024-01-01",
        "%FF", "%", "now", "1e3", "%F0%9D%9F%9A024-01-01", "x" * 8000,
    ])
    def test_what_is_no_date(self, raw: Raw, path: str, date: str) -> None:
        for name, other in (("start_date", "end_date"), ("end_date", "start_date")):
            refused(raw.send(f"GET {path}?{name}={date}&{other}=2024-01-01", b""), 422, field=name)

    @pytest.mark.parametrize("path", STATISTICS)
    def test_dates_that_are_missing_are_all_named(self, raw: Raw, path: str) -> None:
        status, body = raw.send(f"GET {path}", b"")
        refused((status, body), 422)
        assert [error["field"] for error in body["errors"]] == ["start_date", "end_date"]

    @pytest.mark.parametrize("path", STATISTICS)
    def test_repeated_dates(self, raw: Raw, path: str) -> None:
        twice = "start_date=2024-01-01&start_date=2024-01-02&end_date=2024-01-03"
        refused(raw.send(f"GET {path}?{twice}", b""), 422, field="start_date")

    @pytest.mark.parametrize("path", STATISTICS)
    def test_periods_against_the_rules(self, raw: Raw, path: str) -> None:
        refused(raw.send(f"GET {path}?start_date=2024-01-02&end_date=2024-01-01", b""), 400)
        refused(raw.send(f"GET {path}?start_date=2010-01-01&end_date=2024-01-01", b""), 400)
        refused(raw.send(f"GET {path}?start_date=0001-01-01&end_date=9999-12-31", b""), 400)

    @pytest.mark.parametrize("path", [
        "/api/partners/{id}/logs", "/api/partners/{id}/concurrency-history", "/api/alerts",
    ])
    @pytest.mark.parametrize("number", [
        "", "0", "-1", "+1", "1001", "1.0", "1e2", "ten", "%D9%A1", "0x10", "9223372036854775808", "5%00", "%205",
        "NaN",
    ])
    def test_what_is_no_limit(self, raw: Raw, path: str, number: str) -> None:
        refused(raw.send(f"GET {path}?limit={number}", b""), 422, field="limit")

    @pytest.mark.parametrize("path", [
        "/api/partners/{id}/logs", "/api/partners/{id}/concurrency-history", "/api/alerts",
    ])
    def test_repeated_limits(self, raw: Raw, path: str) -> None:
        refused(raw.send(f"GET {path}?limit=5&limit=6", b""), 422, field="limit")

    @pytest.mark.parametrize("path", ["/api/dashboard/history", "/api/partners/{id}/history"])
    @pytest.mark.parametrize("query", [
        "points=1", "points=2001", "points=x", "points=", "from=yesterday", "to=2024-02-30", "from=2024-2-3",
        "from=2024-01-01&from=2024-01-02", "to=2024-01-01T25:00:00Z", "from=",
    ])
    def test_windows_that_are_none(self, raw: Raw, path: str, query: str) -> None:
        refused(raw.send(f"GET {path}?{query}", b""), 422, field=query.split("=")[0])

    @pytest.mark.parametrize("query", ["resolved=maybe", "resolved=", "resolved=1", "resolved=true&resolved=false"])
    def test_what_is_neither_true_nor_false(self, raw: Raw, query: str) -> None:
        refused(raw.send(f"GET /api/alerts?{query}", b""), 422, field="resolved")

    @pytest.mark.parametrize("path", [
        "/api/partners/%FF", "/api/partners/%00", "/api/partners/..%2F..%2Fetc", "/api/partners/" + "x" * 8000,
        "/api/partners/%", "/api/partners/", "/api//partners", "/api/partners/%F0%9F%92%A9/metrics", "/api/%70artners",
    ])
    def test_paths_that_lead_nowhere(self, raw: Raw, path: str) -> None:
        refused(raw.send(f"GET {path}", b""), 404)
