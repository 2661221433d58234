"""What the pages look like when there is nothing, something is wrong, or a dialog is open: accessible in each theme and
on each width, as the pages themselves are."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from inspector import Inspector
from jobtalk_server import Console, JobtalkServer
from visitor import Visitor


def test_empty_states(admin: Console, enter: Callable[..., Visitor]) -> None:
    visitor = enter(admin)
    inspector = Inspector(visitor)
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


def test_the_door(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    inspector = Inspector(visitor)
    visitor.expect_status(401)
    visitor.open("/")
    visitor.has_title("Sign in to JobTalk Admin")
    inspector.look("sign-in")
    visitor.field("User name").fill("admin")
    visitor.field("Password").fill("wrong")
    visitor.press_button("Sign in")
    expect(visitor.page.get_by_role("alert")).to_have_text("Invalid credentials")
    inspector.look("refused sign-in")
    inspector.assert_sound()


def test_faults(demo: JobtalkServer, enter: Callable[..., Visitor]) -> None:
    visitor = enter(demo.administrator)
    inspector = Inspector(visitor)
    visitor.expect_status(404, 422)
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


def test_dialogs_and_messages(demo: JobtalkServer, viewer: Console, enter: Callable[..., Visitor]) -> None:
    partners = demo.administrator.read("/api/partners")
    failing = next(partner for partner in partners if partner["dbHost"] == "127.0.0.1")
    visitor = enter(demo.administrator, f"/partners/{failing['id']}")
    inspector = Inspector(visitor)
    inspector.dialog("Test connection", within="failed")
    inspector.dialog("Clear logs")
    visitor.press_button("Sync now")
    expect(visitor.page.get_by_text("Force sync initiated")).to_be_visible()
    inspector.look("message")
    visitor.open("/users")
    inspector.dialog("Add user")
    inspector.dialog("Edit admin")
    inspector.dialog(f"Delete {viewer.user['username']}")
    visitor.open("/alerts")
    inspector.dialog("Dismiss the alert of")
    visitor.open("/")
    inspector.dialog("Change the limit of")
    inspector.assert_sound()
