"""The own password, and sessions that end."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from jobtalk_server import Console, JobtalkServer
from visitor import Visitor

FIRST_PASSWORD, SECOND_PASSWORD = "Autumn-leaves-1", "Winter-frost-2"


@pytest.fixture
def username(console: Console) -> str:
    """Somebody of their own: nobody else's session ends."""
    name = f"colleague-{uuid.uuid4().hex[:8]}"
    answer = console.post("/api/users", json={
        "username": name, "email": f"{name}@example.com", "role": "ADMIN", "password": FIRST_PASSWORD})
    assert answer.status_code == 200, answer.text
    return name


@pytest.fixture
def colleague(office: JobtalkServer, username: str, visit: Callable[..., Visitor]) -> Visitor:
    visitor = visit(office.url)
    visitor.open("/")
    visitor.sign_in(username, FIRST_PASSWORD)
    return visitor


def test_the_password_is_changed(
    colleague: Visitor, username: str, office: JobtalkServer, visit: Callable[..., Visitor]
) -> None:
    colleague.press_button(f"Menu of {username}")
    colleague.page.get_by_role("link", name="Account").click()
    colleague.has_title("Account")
    colleague.field("Current password").fill(FIRST_PASSWORD)
    colleague.field("New password").fill("short")
    colleague.field("New password again").fill("different")
    colleague.press_button("Change password")
    expect(colleague.field("New password again")).to_have_accessible_description("The two new passwords differ")
    colleague.expect_status(422)
    colleague.field("New password again").fill("short")
    colleague.press_button("Change password")
    expect(colleague.field("New password")).to_have_attribute("aria-invalid", "true")
    colleague.field("New password").fill(SECOND_PASSWORD)
    colleague.field("New password again").fill(SECOND_PASSWORD)
    colleague.press_button("Change password")
    expect(colleague.page.get_by_text("Password changed successfully")).to_be_visible()
    # This session goes on.
    colleague.page.get_by_role("link", name="Settings").click()
    colleague.has_title("Settings")

    newcomer = visit(office.url)
    newcomer.expect_status(401)
    newcomer.open("/")
    newcomer.field("User name").fill(username)
    newcomer.field("Password").fill(FIRST_PASSWORD)
    newcomer.press_button("Sign in")
    expect(newcomer.page.get_by_role("alert")).to_have_text("Invalid credentials")
    newcomer.sign_in(username, SECOND_PASSWORD)
    newcomer.has_title("Overview")


def test_a_session_that_was_revoked_comes_back_to_where_it_was(
    colleague: Visitor, username: str, office: JobtalkServer
) -> None:
    colleague.expect_status(401)
    colleague.page.get_by_role("link", name="Statistics").click()
    colleague.press_button("Last 30 days")
    expect(colleague.page.get_by_role("button", name="Last 30 days")).to_have_attribute("aria-pressed", "true")
    elsewhere = office.console(username, FIRST_PASSWORD)
    changed = elsewhere.post(
        "/api/auth/change-password", json={"currentPassword": FIRST_PASSWORD, "newPassword": SECOND_PASSWORD})
    assert changed.status_code == 200, changed.text
    # Nobody clicks: the page finds out by itself.
    expect(colleague.page.get_by_text("Your session has ended")).to_be_visible(timeout=45_000)
    colleague.sign_in(username, SECOND_PASSWORD)
    colleague.has_title("Statistics")
    expect(colleague.page.get_by_role("button", name="Last 30 days")).to_have_attribute("aria-pressed", "true")
