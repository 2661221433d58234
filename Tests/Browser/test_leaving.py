"""Leaving a page: what was typed is not lost unasked, the address is always that of the page that is seen, and whoever
comes back is where they were."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Route, expect

from jobtalk_server import JobtalkServer
from visitor import Visitor


@pytest.fixture
def writer(demo: JobtalkServer, enter: Callable[..., Visitor]) -> Visitor:
    """Came to the partner's form by a link, and has typed a name."""
    return begin_a_form(enter(demo.administrator))


def begin_a_form(visitor: Visitor) -> Visitor:
    visitor.page.get_by_role("link", name="Settings").click()
    visitor.has_title("Settings")
    visitor.jump("Add partner")
    visitor.has_title("Add partner")
    visitor.field("Name").fill("Half An Idea")
    return visitor


def question(visitor: Visitor) -> Locator:
    return visitor.page.get_by_role("dialog", name="Discard changes?")


def keeps(visitor: Visitor) -> None:
    """Asked whether to discard, the user would rather not: all is as it was."""
    expect(question(visitor)).to_be_visible()
    visitor.press_button("Keep editing")
    expect(question(visitor)).to_have_count(0)
    assert visitor.page.url.endswith("/partners/new")
    expect(visitor.field("Name")).to_have_value("Half An Idea")


def test_every_way_out_of_a_form_asks_first(writer: Visitor) -> None:
    writer.page.get_by_role("link", name="Overview").first.click()
    keeps(writer)
    writer.page.get_by_role("link", name="Cancel").click()
    keeps(writer)
    writer.jump("Statistics")
    keeps(writer)
    writer.page.go_back()
    keeps(writer)
    writer.press_button("Menu of admin")
    writer.press_button("Sign out")
    keeps(writer)
    # Closing the tab, or loading the page anew, asks in the browser's own words.
    asked: list[str] = []
    writer.page.on("dialog", lambda dialog: asked.append(dialog.type))
    writer.page.reload()
    assert asked == ["beforeunload"]


def test_the_back_button_leads_back_once_the_user_agrees(writer: Visitor) -> None:
    writer.page.go_back()
    expect(question(writer)).to_be_visible()
    assert not writer.axe_violations()
    writer.page.wait_for_url("**/partners/new")
    writer.press_button("Discard changes")
    writer.has_title("Settings")
    assert writer.page.url.endswith("/settings")
    expect(writer.page.get_by_role("main")).to_be_focused()
    # History is what it was: forward is the form, empty.
    writer.page.go_forward()
    writer.has_title("Add partner")
    expect(writer.field("Name")).to_have_value("")
    writer.page.go_back()
    writer.has_title("Settings")


def test_a_form_in_which_nothing_was_typed_lets_go(writer: Visitor) -> None:
    writer.field("Name").fill("")
    writer.page.get_by_role("link", name="Overview").first.click()
    writer.has_title("Overview")


def test_settings_account_and_a_users_dialog_ask_too(demo: JobtalkServer, enter: Callable[..., Visitor]) -> None:
    visitor = enter(demo.administrator, "/settings")
    visitor.field("Read each partner every").fill("77")
    visitor.jump("Account")
    visitor.press_button("Discard changes")
    visitor.has_title("Account")
    visitor.field("Current password").fill("half a pass")
    visitor.jump("Users")
    visitor.press_button("Discard changes")
    visitor.has_title("Users")
    visitor.press_button("Add user")
    visitor.field("User name").fill("some")
    visitor.page.keyboard.press("Escape")
    expect(question(visitor)).to_be_visible()
    visitor.press_button("Keep editing")
    expect(visitor.field("User name")).to_have_value("some")
    # Beside the dialog.
    visitor.page.mouse.click(5, 5)
    visitor.press_button("Discard changes")
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
    expect(visitor.page.get_by_role("button", name="Add user")).to_be_focused()


def test_an_answer_that_comes_late_leads_nobody_away(writer: Visitor) -> None:
    held: list[Route] = []
    writer.page.route("**/api/partners", lambda route: held.append(route))
    writer.press_button("Add partner")
    writer.page.wait_for_timeout(200)
    writer.page.get_by_role("link", name="Help").click()
    writer.press_button("Discard changes")
    writer.has_title("Help")
    assert len(held) == 1
    held[0].fulfill(json={"message": "Partner created successfully", "id": "00000000-0000-0000-0000-000000000000"})
    expect(writer.page.get_by_text("Partner created successfully")).to_be_visible()
    writer.has_title("Help")


def test_back_from_a_partner_is_where_the_list_was_left(demo: JobtalkServer, enter: Callable[..., Visitor]) -> None:
    visitor = enter(demo.administrator, height=500)
    last = visitor.page.get_by_role("rowheader").last.get_by_role("link")
    name = last.inner_text()
    last.scroll_into_view_if_needed()
    left_at = visitor.page.evaluate("scrollY")
    assert left_at > 100
    last.click()
    visitor.has_title(name)
    assert visitor.page.title().endswith(f"{name} · JobTalk Admin")
    assert visitor.page.evaluate("scrollY") == 0
    visitor.page.go_back()
    visitor.has_title("Overview")
    # The rows may have been sorted anew, the page is as long as before.
    for _ in range(50):
        if abs(visitor.page.evaluate("scrollY") - left_at) < 60:
            return
        visitor.page.wait_for_timeout(100)
    raise AssertionError(f"left at {left_at}, back at {visitor.page.evaluate('scrollY')}")


def test_addresses_are_decoded_and_what_is_malformed_leads_nowhere(
    demo: JobtalkServer, enter: Callable[..., Visitor]
) -> None:
    partner = demo.administrator.read("/api/partners")[0]
    visitor = enter(demo.administrator, "/partners/" + partner["id"].replace("-", "%2D"))
    visitor.has_title(partner["partnerName"])
    for path in ("/partners/%E0%A4%A", "/partners//edit"):
        visitor.open(path)
        visitor.has_title("Not found")


def test_a_session_that_ends_over_a_form_does_not_take_it_along(
    demo: JobtalkServer, visit: Callable[..., Visitor]
) -> None:
    writer = visit(demo.url)
    writer.open("/")
    writer.sign_in()
    begin_a_form(writer)
    writer.revoke_session()
    door = writer.page.get_by_role("dialog", name="Sign in to go on")
    expect(door).to_contain_text("Your session has ended", timeout=30_000)
    assert not writer.axe_violations()
    writer.page.keyboard.press("Escape")
    writer.press_button("Keep editing")
    writer.field("User name").fill("admin")
    door.get_by_label("Password", exact=True).fill("Admin@2024")
    writer.press_button("Sign in")
    expect(door).to_have_count(0)
    expect(writer.field("Name")).to_have_value("Half An Idea")
    assert writer.page.url.endswith("/partners/new")
