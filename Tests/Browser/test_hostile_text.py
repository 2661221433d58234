"""Whatever somebody calls a thing, it is text: in every name, reason, status and error that the page shows.

A text that became an element would ask for an image, which no visitor lets pass.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from urllib.parse import quote

from playwright.sync_api import expect

import partner_database
from jobtalk_server import Console
from partner_form import fill, open_form
from partner_place import Place
from users import PASSWORD
from visitor import Visitor

IMAGE = "<img src=x onerror=alert(1)>"
# The same for what may hold no spaces.
NARROW_IMAGE = "<img/src=x/onerror=alert(1)>"


def hostile(what: str) -> str:
    """A text that would be noticed if it were taken for anything else."""
    return f"{IMAGE} {what}"


def test_names_and_reasons(operator: Visitor, place: Place) -> None:
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
    operator.press_button("Test connection")
    expect(operator.page.get_by_role("heading", name=f"Test of {name}")).to_be_visible()
    operator.page.keyboard.press("Escape")
    operator.press_button("Deactivate")
    expect(operator.page.get_by_role("heading", name=f"Deactivate {name}?")).to_be_visible()
    operator.page.keyboard.press("Escape")
    operator.press_button("Delete")
    expect(operator.field(f"Type “{name}” to go on")).to_be_visible()
    operator.page.keyboard.press("Escape")
    operator.page.get_by_role("link", name="Edit").click()
    expect(operator.field("Name")).to_have_value(name)
    operator.page.get_by_role("link", name=name).click()
    operator.has_title(name)

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


def test_users(operator: Visitor, console: Console, enter: Callable[..., Visitor]) -> None:
    operator.expect_status(422)
    name, email = f"colleague-{uuid.uuid4().hex[:8]}", f"{NARROW_IMAGE}@example.com"
    operator.page.get_by_role("link", name="Users").click()
    operator.press_button("Add user")
    dialog = operator.page.get_by_role("dialog")
    operator.field("User name").fill(IMAGE)
    operator.field("Email").fill(IMAGE)
    operator.field("Password").fill(PASSWORD)
    dialog.get_by_role("button", name="Add user").click()
    # Of a name less is allowed.
    for label in ("User name", "Email"):
        expect(operator.field(label)).to_have_attribute("aria-invalid", "true")
        expect(operator.field(label)).to_have_value(IMAGE)
    operator.field("User name").fill(name)
    operator.field("Email").fill(email)
    dialog.get_by_role("button", name="Add user").click()
    expect(operator.row(name)).to_contain_text(email)

    colleague = enter(Console(console.url, name, PASSWORD), "/account")
    expect(colleague.page.get_by_role("definition").filter(has_text=email)).to_be_visible()
    colleague.press_button(f"Menu of {name}")
    expect(colleague.page.get_by_role("banner")).to_contain_text(email)


def test_addresses_and_what_the_server_refuses(operator: Visitor) -> None:
    operator.expect_status(404, 422)
    main = operator.page.get_by_role("main")
    address = quote(IMAGE)
    operator.open(f"/?q={address}&level={address}&show={address}&sort={address}")
    expect(main).to_contain_text("No partner matches")
    expect(operator.field("Search partners by name or tenant")).to_have_value(IMAGE)
    operator.open(f"/partners/{address}")
    expect(main).to_contain_text("There is no such partner")
    operator.open(f"/statistics?partner={address}&from={address}&to={address}")
    expect(main).to_contain_text("This could not be loaded")
    operator.open(f"/{address}")
    expect(main).to_contain_text("There is no such page")

    operator.open("/settings")
    operator.field("Business time zone").fill(IMAGE)
    operator.page.get_by_role("button", name="Save").first.click()
    expect(operator.field("Business time zone")).to_have_attribute("aria-invalid", "true")
    expect(operator.field("Business time zone")).to_have_value(IMAGE)
    operator.open("/partners/new")
    for label in ("Tenant", "Port", "Calls at the same time"):
        operator.field(label).fill(IMAGE)
    operator.press_button("Add partner")
    for label in ("Tenant", "Port", "Calls at the same time"):
        expect(operator.field(label)).to_have_attribute("aria-invalid", "true")
        expect(operator.field(label)).to_have_value(IMAGE)


def test_errors_of_connections(operator: Visitor, place: Place) -> None:
    partner = place.partner(hostile("Stranger"))
    refused = f"Access denied for user '{hostile('u')}'"
    open_form(operator)
    fill(operator, {**partner.fields, "User": hostile("u"), "Database name": hostile("d")})
    operator.press_button("Test connection")
    expect(operator.page.get_by_role("dialog")).to_contain_text(hostile("u"))
    operator.press_button("Close")
    operator.press_button("Add partner")
    operator.has_title(partner.name)
    operator.press_button("Test connection")
    expect(operator.page.get_by_role("dialog")).to_contain_text(hostile("u"))
    operator.press_button("Close")
    expect(operator.row("").filter(has_text="test").filter(has_text=refused)).to_be_visible()
    expect(operator.page.get_by_role("listitem").filter(has_text="It cannot be read")).to_contain_text(refused)
    # Where its data is, too, is told in its own words.
    expect(operator.page.get_by_role("definition").filter(has_text=hostile("d"))).to_be_visible()

    # What is changed meanwhile waits, and says why.
    operator.press_button(f"Change the limit of {partner.name}, now 10")
    operator.field("Calls at the same time").fill("11")
    operator.press_button("Change limit")
    expect(operator.page.get_by_text("the partner has not confirmed it")).to_be_visible()
    expect(operator.page.get_by_role("listitem").filter(has_text="The limit 11 has not reached it")).to_be_visible()

    # The third failure in a row is an alert: after the first visit and the one with the limit comes this.
    operator.press_button("Sync now")
    expect(operator.page.get_by_role("listitem").filter(has_text="It cannot be read")).to_contain_text(
        re.compile(r"([3-9]|\d\d) visits in a row failed"))
    operator.jump("Alerts")
    alert = operator.page.get_by_role("listitem").filter(has=operator.page.get_by_role("link", name=partner.name))
    expect(alert).to_contain_text(refused)
    operator.jump("Overview")
    expect(operator.cell(partner.name, "Status")).to_contain_text(refused)
    operator.page.get_by_role("link", name=f"Details of {partner.name}").click()
    address = operator.page.url.removeprefix(operator.url)
    operator.open("/?wall=1")
    expect(operator.page.get_by_role("listitem").filter(has_text=partner.name)).to_contain_text(refused)
    operator.open(f"/statistics?partner={address.removeprefix('/partners/')}")
    expect(operator.page.get_by_role("alert")).to_contain_text(refused)

    # Once it can be read the alert is over; its sentence stays.
    operator.open(address + "/edit")
    operator.field("User").fill(partner.fields["User"])
    operator.field("Database name").fill(partner.fields["Database name"])
    operator.press_button("Save changes")
    expect(operator.number("Active calls")).to_contain_text("7")
    operator.open("/alerts?show=resolved")
    expect(operator.row(partner.name)).to_contain_text(refused)


def test_hosts(operator: Visitor, place: Place) -> None:
    partner = place.partner(hostile("Nowhere"))
    open_form(operator)
    fill(operator, {**partner.fields, "Host": NARROW_IMAGE, "SSH host": NARROW_IMAGE, "SSH user": hostile("s")})
    operator.press_button("Test connection")
    expect(operator.page.get_by_role("dialog").get_by_role("listitem").last).to_contain_text("failed")
    operator.press_button("Close")
    operator.press_button("Add partner")
    operator.has_title(partner.name)
    for fact in (f"{NARROW_IMAGE}:{partner.fields['Port']}", f"{hostile('s')}@{NARROW_IMAGE}:"):
        expect(operator.page.get_by_role("definition").filter(has_text=fact)).to_be_visible()


def test_statuses_of_calls(operator: Visitor, place: Place, console: Console) -> None:
    statuses = {hostile("status"): 3, "ENDED": 2}
    partner = place.partner(hostile("Odd"), partner_database.past(statuses, {hostile("submittal"): 4}))
    partner.add_to(console)
    operator.open("/statistics?from=2024-11-10&to=2024-11-20")
    expect(operator.page.get_by_label("Calls", exact=True)).to_contain_text(hostile("status"))
    expect(operator.page.get_by_label("Submittals", exact=True)).to_contain_text(hostile("submittal"))
    expect(operator.page.get_by_role("columnheader").filter(has_text=hostile("status"))).to_be_visible()
    expect(operator.row(partner.name)).to_be_visible()
    operator.field("Partner").select_option(label=partner.name)
    expect(operator.page.get_by_label("Calls", exact=True)).to_contain_text(hostile("status"))
