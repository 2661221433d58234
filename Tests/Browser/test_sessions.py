"""The own password, and sessions that end."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

import tokens
from inspector import Inspector
from jobtalk_server import Console, JobtalkServer
from users import PASSWORD, add_user
from visitor import Visitor

NEW_PASSWORD = "Winter-frost-2"
# Enough for the page to be there and used, in a debug build on a busy machine.
SHORT_SESSION = 12


@pytest.fixture
def username(console: Console) -> str:
    """Somebody of their own: nobody else's session ends."""
    return add_user(console)


@pytest.fixture
def colleague(office: JobtalkServer, username: str, visit: Callable[..., Visitor]) -> Visitor:
    """Has just signed in."""
    visitor = visit(office.url)
    visitor.open("/")
    visitor.sign_in(username, PASSWORD)
    return visitor


def choose_a_period(visitor: Visitor) -> None:
    visitor.page.get_by_role("link", name="Statistics").click()
    visitor.press_button("Last 30 days")
    see_the_period(visitor)


def see_the_period(visitor: Visitor) -> None:
    visitor.has_title("Statistics")
    expect(visitor.page.get_by_role("button", name="Last 30 days")).to_have_attribute("aria-pressed", "true")


def test_the_password_is_changed(
    colleague: Visitor, username: str, office: JobtalkServer, visit: Callable[..., Visitor]
) -> None:
    colleague.press_button(f"Menu of {username}")
    colleague.page.get_by_role("link", name="Account").click()
    colleague.has_title("Account")
    colleague.field("Current password").fill(PASSWORD)
    colleague.field("New password").fill("short")
    colleague.field("New password again").fill("different")
    colleague.press_button("Change password")
    expect(colleague.field("New password again")).to_have_accessible_description("The two new passwords differ")
    colleague.expect_status(422)
    colleague.field("New password again").fill("short")
    colleague.press_button("Change password")
    expect(colleague.field("New password")).to_have_attribute("aria-invalid", "true")
    colleague.field("New password").fill(NEW_PASSWORD)
    colleague.field("New password again").fill(NEW_PASSWORD)
    colleague.press_button("Change password")
    expect(colleague.page.get_by_text("Password changed successfully")).to_be_visible()
    # This session goes on.
    colleague.page.get_by_role("link", name="Settings").click()
    colleague.has_title("Settings")

    newcomer = visit(office.url)
    newcomer.expect_status(401)
    newcomer.open("/")
    newcomer.field("User name").fill(username)
    newcomer.field("Password").fill(PASSWORD)
    newcomer.press_button("Sign in")
    expect(newcomer.page.get_by_role("alert")).to_have_text("Invalid credentials")
    newcomer.sign_in(username, NEW_PASSWORD)
    newcomer.has_title("Overview")


def test_a_session_that_was_revoked_comes_back_to_where_it_was(
    colleague: Visitor, username: str, office: JobtalkServer
) -> None:
    colleague.expect_status(401)
    choose_a_period(colleague)
    elsewhere = office.console(username, PASSWORD)
    changed = elsewhere.post(
        "/api/auth/change-password", json={"currentPassword": PASSWORD, "newPassword": NEW_PASSWORD})
    assert changed.status_code == 200, changed.text
    # Nobody clicks: the page finds out by itself.
    expect(colleague.page.get_by_text("Your session has ended")).to_be_visible(timeout=45_000)
    colleague.sign_in(username, NEW_PASSWORD)
    see_the_period(colleague)


def test_a_session_that_ran_out_comes_back_to_where_it_was(
    console: Console, office: JobtalkServer, visit: Callable[..., Visitor]
) -> None:
    end = int(time.time()) + SHORT_SESSION
    visitor = visit(office.url, token=tokens.ending(office, console.token, end))
    visitor.expect_status(401)
    visitor.open("/")
    choose_a_period(visitor)
    note = visitor.page.get_by_text("Your session has ended")
    expect(note).to_have_count(0)
    # Nobody clicks: the page finds out by itself.
    expect(note).to_be_visible(timeout=(SHORT_SESSION + 30) * 1_000)
    assert time.time() >= end
    inspector = Inspector(visitor)
    inspector.look("session ended")
    inspector.assert_sound()
    # What ended is not kept for the next one who opens the page here.
    visitor.page.reload()
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()
    visitor.sign_in()
    see_the_period(visitor)


def test_the_token_ends_with_the_tab_unless_the_user_asks(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    stored = "[sessionStorage.getItem('jobtalk.token') !== null, localStorage.getItem('jobtalk.token') !== null]"
    passing = visit(demo.url)
    passing.open("/")
    passing.sign_in()
    assert passing.page.evaluate(stored) == [True, False]
    staying = visit(demo.url)
    staying.open("/")
    staying.page.get_by_label("Stay signed in on this device").check()
    staying.sign_in()
    assert staying.page.evaluate(stored) == [False, True]
    staying.press_button("Menu of admin")
    staying.press_button("Sign out")
    expect(staying.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert staying.page.evaluate(stored) == [False, False]
