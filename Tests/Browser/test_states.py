"""What the pages look like when there is nothing, something is wrong, or a dialog is open: accessible in each theme and
on each width, as the pages themselves are."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from inspector import Inspector
from jobtalk_server import JobtalkServer
from visitor import Visitor


def test_empty_states(server: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(server.url)
    inspector = Inspector(visitor)
    visitor.open("/")
    visitor.sign_in()
    for path, words in {
        "/": "No partners yet",
        "/?wall=1": "0 of 0 active partners",
        "/alerts": "All quiet",
        "/alerts?show=resolved": "None yet",
        "/statistics": "Nothing in this period",
    }.items():
        visitor.open(path)
        expect(visitor.page.get_by_role("main")).to_contain_text(words)
        inspector.look(path)
    inspector.assert_sound()


def test_faults(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    inspector = Inspector(visitor)
    visitor.expect_status(401, 404, 422)
    visitor.open("/")
    visitor.field("User name").fill("admin")
    visitor.field("Password").fill("wrong")
    visitor.press_button("Sign in")
    expect(visitor.page.get_by_role("alert")).to_have_text("Invalid credentials")
    inspector.look("refused sign-in")
    visitor.sign_in()

    visitor.field("Search partners by name or tenant").fill("nobody by that name")
    expect(visitor.page.get_by_text("No partner matches")).to_be_visible()
    inspector.look("no match")
    visitor.open("/partners/new")
    visitor.page.get_by_role("switch", name="Connect through an SSH tunnel").click()
    visitor.field("Sign in by").select_option(label="Private key")
    visitor.press_button("Add partner")
    expect(visitor.field("Name")).to_have_attribute("aria-invalid", "true")
    inspector.look("form with mistakes")
    visitor.open("/partners/00000000-0000-0000-0000-000000000000")
    expect(visitor.page.get_by_text("There is no such partner")).to_be_visible()
    inspector.look("no such partner")
    visitor.open("/settings")
    visitor.field("Read each partner every").fill("1")
    visitor.page.get_by_role("button", name="Save").first.click()
    expect(visitor.field("Read each partner every")).to_have_attribute("aria-invalid", "true")
    inspector.look("wrong setting")
    inspector.assert_sound()


def test_dialogs_and_messages(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    partners = demo.console().read("/api/partners")
    failing = next(partner for partner in partners if partner["dbHost"] == "127.0.0.1")
    visitor = visit(demo.url)
    inspector = Inspector(visitor)
    visitor.open(f"/partners/{failing['id']}")
    visitor.sign_in()
    inspector.dialog("Test connection", within="failed")
    inspector.dialog("Clear logs")
    visitor.press_button("Sync now")
    expect(visitor.page.get_by_text("Force sync initiated")).to_be_visible()
    inspector.look("message")
    visitor.open("/users")
    inspector.dialog("Add user")
    inspector.dialog("Edit admin")
    visitor.open("/alerts")
    inspector.dialog("Dismiss the alert of")
    inspector.assert_sound()


def test_a_server_that_is_gone(new_server: Callable[..., JobtalkServer], visit: Callable[..., Visitor]) -> None:
    server = new_server("--demo")
    visitor = visit(server.url)
    inspector = Inspector(visitor)
    visitor.open("/")
    visitor.sign_in()
    expect(visitor.page.get_by_role("rowheader").first).to_be_visible()
    visitor.expect_unreachable()
    server.stop()
    expect(visitor.page.get_by_text("Offline for")).to_be_visible(timeout=30_000)
    inspector.look("offline")
    inspector.assert_sound()
