"""Statistics for a period: the page, its CSV and the partners' databases say the same."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

import partner_database
from inspector import Inspector
from jobtalk_server import JobtalkServer
from partner_place import Partner, Place
from processes import free_port
from visitor import Visitor

FIRST, LAST = "2024-11-01", "2024-11-30"
# The same in UTC, for the business days of New York: winter time began in between.
BEGIN, END = "2024-11-01 04:00:00", "2024-12-01 05:00:00"
CALLS = {"ENDED": 1_203, "FAILED": 40, "CANCELLED": 7}
SUBMITTALS = {"submitted": 30, "approved": 12}


@pytest.fixture(scope="module")
def partners(place: Place) -> list[Partner]:
    """Two that counted different things."""
    return [
        place.partner("Busy Staffing", partner_database.past(CALLS, SUBMITTALS)),
        place.partner("Calm Staffing", partner_database.past({"ENDED": 55, "no-answer": 5}, {"rejected": 4})),
    ]


@pytest.fixture(scope="module")
def archive(new_server: Callable[..., JobtalkServer], partners: list[Partner]) -> JobtalkServer:
    """A server that knows both, and one that cannot be read."""
    archive = new_server()
    console = archive.administrator
    for partner in partners:
        partner.add_to(console)
    console.add(**{**partners[0].body(), "partnerName": "Unreachable Staffing", "dbPort": free_port()})
    return archive


def counted(partner: Partner, table: str) -> dict[str, int]:
    """What the database itself counts."""
    rows = partner.run(
        f"SELECT status, COUNT(*) FROM {table} WHERE createdAt >= '{BEGIN}' AND createdAt < '{END}' GROUP BY status")
    return {status: int(count) for status, count in rows}


def figure(text: str) -> int:
    """The number in a text, which may have thousands separators."""
    found = re.search(r"\d[\d,]*", text)
    assert found, text
    return int(found[0].replace(",", ""))


def pick_period(visitor: Visitor) -> None:
    visitor.field("First day").fill(FIRST)
    visitor.field("Last day").fill(LAST)


def download(visitor: Visitor) -> list[dict[str, str]]:
    """The rows of the CSV."""
    with visitor.page.expect_download() as coming:
        visitor.press_button("Download CSV")
    assert coming.value.suggested_filename == f"jobtalk-statistics-{FIRST}-{LAST}.csv"
    with open(coming.value.path(), encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_all_partners(archive: JobtalkServer, partners: list[Partner], enter: Callable[..., Visitor]) -> None:
    visitor = enter(archive.administrator)
    visitor.page.get_by_role("link", name="Statistics").click()
    pick_period(visitor)
    total = {name: visitor.page.get_by_label(name, exact=True) for name in ("Calls", "Submittals")}
    expect(total["Calls"]).to_contain_text("1,310")
    rows = download(visitor)
    databases = {partner.name: (counted(partner, "calls"), counted(partner, "ats_submittals")) for partner in partners}

    for column, (name, index) in {"Calls": ("Calls", 0), "Submittals": ("Submittals", 1)}.items():
        everything = sum(sum(counts[index].values()) for counts in databases.values())
        assert everything > 0
        assert figure(total[name].inner_text().replace(name, "", 1)) == everything
        assert sum(int(row[column]) for row in rows) == everything
    for row in rows:
        calls, submittals = databases.get(row["Partner"], ({}, {}))
        assert {status: int(row[f"Calls {status}"]) for status in calls} == calls
        assert {status: int(row[f"Submittals {status}"]) for status in submittals} == submittals
        assert int(row["Calls"]) == sum(calls.values()) and int(row["Submittals"]) == sum(submittals.values())
        if row["Error"]:
            assert visitor.cell(row["Partner"], "Calls").inner_text() == "–"
        else:
            assert figure(visitor.cell(row["Partner"], "Calls").inner_text()) == sum(calls.values())
    failed = visitor.page.get_by_role("alert")
    expect(failed).to_contain_text("1 partner of 3 could not be read")
    [error] = [row["Error"] for row in rows if row["Partner"] == "Unreachable Staffing"]
    assert error
    expect(failed).to_contain_text(error)
    inspector = Inspector(visitor)
    inspector.look("statistics with a failure")
    inspector.assert_sound()


def test_one_partner(archive: JobtalkServer, partners: list[Partner], enter: Callable[..., Visitor]) -> None:
    visitor = enter(archive.administrator, "/statistics")
    pick_period(visitor)
    visitor.field("Partner").select_option(label="Calm Staffing")
    expect(visitor.page.get_by_label("Calls", exact=True)).to_contain_text("no-answer")
    expect(visitor.page.get_by_label("Calls", exact=True)).to_contain_text("60")
    [row] = download(visitor)
    calls, submittals = counted(partners[1], "calls"), counted(partners[1], "ats_submittals")
    assert calls == {"ENDED": 55, "no-answer": 5} and submittals == {"rejected": 4}
    assert {status: int(row[f"Calls {status}"]) for status in calls} == calls
    assert {status: int(row[f"Submittals {status}"]) for status in submittals} == submittals
    # The address says it all: it can be sent to a colleague.
    visitor.page.reload()
    expect(visitor.page.get_by_label("Calls", exact=True)).to_contain_text("60")
