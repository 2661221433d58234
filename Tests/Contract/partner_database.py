"""The database of a partner, in SQL that MariaDB and SQLite both take, with the numbers of the API document in it."""

from __future__ import annotations

import pathlib
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta, timezone

Statement = str

SCHEMA: tuple[Statement, ...] = (
    "CREATE TABLE campaigns (id int PRIMARY KEY, name varchar(191) NOT NULL, status varchar(191) NOT NULL, "
    "deleted tinyint NOT NULL DEFAULT 0, createdAt datetime NOT NULL)",
    "CREATE TABLE calls (id int PRIMARY KEY, status varchar(191) NULL, endReason varchar(191) NULL, "
    "createdAt datetime NOT NULL, updatedAt datetime NOT NULL, contactId int NOT NULL, campaignId int NOT NULL, "
    "duration int NULL)",
    "CREATE TABLE _campaigntocontact (A int NOT NULL, B int NOT NULL)",
    "CREATE TABLE contacts (id int PRIMARY KEY, firstName varchar(191) NULL, lastName varchar(191) NULL, "
    "phone varchar(191) NULL)",
    "CREATE TABLE ats_submittals (id int PRIMARY KEY, status varchar(191) NOT NULL, createdAt datetime NOT NULL)",
    "CREATE TABLE settings (name varchar(191) PRIMARY KEY, value text NULL)",
    "CREATE TABLE settings_auditlogs (userid bigint NOT NULL, oldvalue text NULL, newvalue text NULL, "
    "createdat datetime NOT NULL)",
    "CREATE INDEX calls_status ON calls (status)",
    "CREATE INDEX calls_created ON calls (createdAt)",
    "CREATE INDEX calls_updated ON calls (updatedAt)",
)

LIMIT = 20


def live(limit: int = LIMIT) -> tuple[Statement, ...]:
    """A partner that shows the live numbers of the document: 42 campaigns today, 88 running, 7 calls active, and so on.

    With a limit below 10 that is a reason for an alert.
    """
    now = datetime.now(timezone.utc)
    before = now - timedelta(days=10)
    campaigns = [(n, f"Campaign {n}", "RUNNING", 0, _sql(now if n <= 42 else before)) for n in range(1, 89)]
    links = [(1, contact) for contact in range(1, 538)]
    kinds = [("INPROGRESS", None)] * 7 + [("QUEUED", None)] * 3
    kinds += [("ENDED", "voicemail")] * 45 + [("ENDED", "customer-ended-call")] * 80
    calls = [(n, status, reason, _sql(now), _sql(now), 9000 + n, 900, 30) for n, (status, reason) in enumerate(kinds)]
    return (
        *SCHEMA, _settings(limit), _insert("campaigns", campaigns), _insert("_campaigntocontact", links),
        _insert("calls", calls),
    )


def past(calls: Mapping[str, int], submittals: Mapping[str, int]) -> tuple[Statement, ...]:
    """A partner with so many calls and submittals of each status in the middle of November 2024, and some around it."""
    inside, outside = ("2024-11-15 12:00:00", "2024-11-01 04:00:00"), ("2024-11-01 03:59:59", "2024-12-01 05:00:00")
    call_rows = [
        (n, status, None, moment, moment, n, 1, 30)
        for n, (status, moment) in enumerate(_spread(calls, inside, outside))
    ]
    submittal_rows = [(n, status, moment) for n, (status, moment) in enumerate(_spread(submittals, inside, outside))]
    return (*SCHEMA, _settings(LIMIT), _insert("calls", call_rows), _insert("ats_submittals", submittal_rows))


def write_file(path: pathlib.Path, statements: Iterable[Statement]) -> None:
    """Makes the file of a `sqlite` partner."""
    with sqlite3.connect(path) as database:
        for statement in statements:
            database.execute(statement)
    database.close()


def _settings(limit: int) -> Statement:
    return _insert("settings", [("callConcurrency", str(limit)), ("pauseNonPriorityCampaigns", "false")])


def _spread(
    counts: Mapping[str, int], inside: tuple[str, ...], outside: tuple[str, ...]
) -> list[tuple[str, str]]:
    """So many of each status inside, on both edges, and one of each just outside."""
    rows = []
    for status, count in counts.items():
        rows += [(status, inside[number % len(inside)]) for number in range(count)]
        rows += [(status, moment) for moment in outside]
    return rows


def _sql(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S")


def _insert(table: str, rows: Iterable[tuple[object, ...]]) -> Statement:
    values = ", ".join("(" + ", ".join(map(_literal, row)) + ")" for row in rows)
    return f"INSERT INTO {table} VALUES {values}"


def _literal(value: object) -> str:
    if value is None:
        return "NULL"
    return f"'{value}'" if isinstance(value, str) else str(value)
