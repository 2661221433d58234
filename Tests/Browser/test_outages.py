"""Partners die and come back: what the page shows of it, and when."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, expect

from jobtalk_server import Console
from partner_place import Place
from visitor import Visitor

# Three intervals of five seconds without a reading; three failures in a row, with longer and longer waits between them.
STALE, FAILING = 30_000, 120_000


@pytest.fixture
def elsewhere(tmp_path: pathlib.Path) -> Iterator[Place]:
    """A place that may go down."""
    elsewhere = Place(tmp_path)
    yield elsewhere
    elsewhere.stop()


def alert_of(visitor: Visitor, name: str) -> Locator:
    alerts = visitor.page.get_by_role("region", name="Open alerts").get_by_role("listitem")
    return alerts.filter(has=visitor.page.get_by_role("link", name=name))


def test_a_dead_partner_is_shown_stale_then_failing_then_well_again(
    operator: Visitor, place: Place, elsewhere: Place, console: Console
) -> None:
    lonely = place.partner("Without Bastion", bastion=elsewhere.bastion)
    empty = elsewhere.partner("Without Database", bastion=place.bastion)
    both = [lonely.name, empty.name]
    for partner in (lonely, empty):
        partner.add_to(console)
        expect(operator.cell(partner.name, "Status")).to_contain_text("Normal")

    elsewhere.bastion.stop()
    elsewhere.mariadb.pause()
    for name in both:
        expect(operator.cell(name, "Status")).to_contain_text("Stale", timeout=STALE)
        expect(operator.cell(name, "Last sync")).to_contain_text("numbers are stale")
    reasons = ["SSH connection failed: Connection refused", "Database connection failed"]
    for name, why in zip(both, reasons):
        expect(operator.cell(name, "Status")).to_contain_text("Failing", timeout=FAILING)
        expect(operator.cell(name, "Status")).to_contain_text(why)
        expect(alert_of(operator, name)).to_contain_text(why)

    operator.press_button(f"Change the limit of {empty.name}, now 20")
    operator.field("Calls at the same time").fill("25")
    operator.press_button("Change limit")
    expect(operator.page.get_by_text(
        f"Limit of {empty.name} is now 25 here, but the partner has not confirmed it")).to_be_visible()
    operator.page.get_by_role("link", name=f"Details of {empty.name}").click()
    expect(operator.page.get_by_role("heading", name="Why is it not dialling?")).to_be_visible()
    obstacles = operator.page.get_by_role("listitem")
    expect(obstacles.filter(has_text="It cannot be read")).to_contain_text("visits in a row failed")
    expect(obstacles.filter(has_text="The limit 25 has not reached it")).to_be_visible()
    expect(operator.row("Limit 20 → 25")).to_contain_text("Pending")
    operator.page.get_by_role("link", name="Overview").first.click()

    elsewhere.mariadb.resume()
    elsewhere.bastion.resume()
    for name in both:
        operator.press_button(f"Sync {name} now")
        expect(operator.cell(name, "Status")).to_contain_text("Normal")
        expect(operator.cell(name, "Last sync")).not_to_contain_text("stale")
        expect(alert_of(operator, name)).to_have_count(0)
    operator.page.get_by_role("link", name=f"Details of {empty.name}").click()
    expect(operator.row("Limit 20 → 25")).to_contain_text("Arrived")
    assert empty.setting("callConcurrency") == "25"
