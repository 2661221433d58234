"""Whatever somebody calls a thing, it is text: in every name, reason, status and error that the page shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page, expect

import partner_database
from jobtalk_server import Console, JobtalkServer
from partner_form import fill, open_form
from partner_place import Place
from visitor import Visitor

IMAGE = "<img src=x onerror=alert(1)>"


def hostile(what: str) -> str:
    """A text that would be noticed if it were taken for anything else."""
    return f"{IMAGE} {what}"


@pytest.fixture(autouse=True)
def no_image(visit: Callable[..., Visitor]) -> Iterator[list[Page]]:
    """No page that a test looked at has an element which came out of a text."""
    pages: list[Page] = []
    yield pages
    for page in pages:
        assert page.locator("img").count() == 0


def test_names_reasons_and_users(operator: Visitor, place: Place, no_image: list[Page]) -> None:
    no_image.append(operator.page)
    name = hostile("Partner")
    partner = place.partner(name)
    open_form(operator)
    fill(operator, partner.fields)
    operator.press_button("Add partner")
    operator.has_title(name)
    operator.press_button(f"Change the limit of {name}, now 20")
    expect(operator.page.get_by_role("heading", name=f"Limit of {name}")).to_be_visible()
    # Few calls at the same time for many campaigns: an alert.
    operator.field("Calls at the same time").fill("5")
    operator.field("Reason (optional)").fill(hostile("reason"))
    operator.press_button("Change limit")
    expect(operator.page.get_by_text(f"Limit of {name} is now 5")).to_be_visible()
    expect(operator.row("Limit 20 → 5")).to_contain_text(hostile("reason"))
    operator.press_button("Delete")
    expect(operator.field(f"Type “{name}” to go on")).to_be_visible()
    operator.page.keyboard.press("Escape")

    operator.jump("Alerts")
    operator.has_title("Alerts")
    expect(operator.page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    operator.press_button(f"Dismiss the alert of {name}")
    expect(operator.page.get_by_role("dialog")).to_contain_text(name)
    operator.page.keyboard.press("Escape")
    operator.jump("Overview")
    operator.field("Search partners by name or tenant").fill(name)
    expect(operator.page.get_by_role("rowheader")).to_contain_text(name)
    operator.page.keyboard.press("Control+k")
    operator.page.keyboard.type("onerror")
    options = operator.page.get_by_role("dialog").get_by_role("option")
    expect(options.filter(has_text="Sync")).to_have_text(f"Sync {name}Action")
    operator.page.keyboard.press("Escape")
    operator.open("/?wall=1")
    expect(operator.page.get_by_text(name).first).to_be_visible()


def test_what_the_server_refuses(operator: Visitor, no_image: list[Page]) -> None:
    no_image.append(operator.page)
    operator.expect_status(404, 422)
    operator.page.get_by_role("link", name="Users").click()
    operator.press_button("Add user")
    dialog = operator.page.get_by_role("dialog")
    operator.field("User name").fill(IMAGE)
    operator.field("Email").fill(IMAGE)
    operator.field("Password").fill("Looks-2024-only")
    dialog.get_by_role("button", name="Add user").click()
    expect(operator.field("User name")).to_have_attribute("aria-invalid", "true")
    expect(operator.field("User name")).to_have_value(IMAGE)
    operator.page.keyboard.press("Escape")
    operator.open("/partners/%3Cimg%20src=x%20onerror=alert(1)%3E")
    expect(operator.page.get_by_text("There is no such partner")).to_be_visible()


def test_errors_of_connections(operator: Visitor, place: Place, no_image: list[Page]) -> None:
    no_image.append(operator.page)
    fields = {**place.partner(hostile("Stranger")).fields, "User": hostile("u"), "Database name": hostile("d")}
    open_form(operator)
    fill(operator, fields)
    operator.press_button("Test connection")
    expect(operator.page.get_by_role("dialog")).to_contain_text(hostile("u"))
    operator.press_button("Close")
    operator.press_button("Add partner")
    operator.has_title(hostile("Stranger"))
    operator.press_button("Test connection")
    expect(operator.page.get_by_role("dialog")).to_contain_text(hostile("u"))
    operator.press_button("Close")
    refused = f"Access denied for user '{hostile('u')}'"
    expect(operator.row("").filter(has_text="test").filter(has_text=refused)).to_be_visible()
    expect(operator.page.get_by_role("listitem").filter(has_text="It cannot be read")).to_contain_text(refused)
    # Where its data is, too, is told in its own words.
    expect(operator.page.get_by_role("definition").filter(has_text=hostile("d"))).to_be_visible()
    operator.jump("Overview")
    expect(operator.cell(hostile("Stranger"), "Status")).to_contain_text(refused)


def test_statuses_of_calls(operator: Visitor, place: Place, console: Console, no_image: list[Page]) -> None:
    no_image.append(operator.page)
    statuses = {hostile("status"): 3, "ENDED": 2}
    place.partner(hostile("Odd"), partner_database.past(statuses, {hostile("submittal"): 4})).add_to(console)
    operator.open("/statistics?from=2024-11-10&to=2024-11-20")
    expect(operator.page.get_by_label("Calls", exact=True)).to_contain_text(hostile("status"))
    expect(operator.page.get_by_label("Submittals", exact=True)).to_contain_text(hostile("submittal"))
    expect(operator.page.get_by_role("columnheader").filter(has_text=hostile("status"))).to_be_visible()
