"""Every page in both themes on phone, tablet and desk: sound, accessible, and within the window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from inspector import Inspector
from jobtalk_server import JobtalkServer
from visitor import Visitor

PAGES = {
    "/": "Overview",
    "/?q=staffing&sort=-activeCalls": "Overview",
    "/partners/new": "Add partner",
    "/statistics": "Statistics",
    "/alerts": "Alerts",
    "/alerts?show=resolved": "Alerts",
    "/settings": "Settings",
    "/users": "Users",
    "/account": "Account",
    "/help": "Help",
    "/no/such/page": "Not found",
    "/?wall=1": "JobTalk",
}


@pytest.fixture(scope="session")
def partners(demo: JobtalkServer) -> dict[str, str]:
    """The addresses of a partner that is well and of one that fails, with their names."""
    listed = demo.administrator.read("/api/partners")
    failing = next(partner for partner in listed if partner["dbHost"] == "127.0.0.1")
    well = next(partner for partner in listed if partner["dbType"] == "sqlite")
    return {f"/partners/{partner['id']}": partner["partnerName"] for partner in (well, failing)}


def test_every_page_is_accessible_and_fits(
    demo: JobtalkServer, partners: dict[str, str], enter: Callable[..., Visitor]
) -> None:
    visitor = enter(demo.administrator)
    inspector = Inspector(visitor)
    edits = {f"{path}/edit": "Edit partner" for path in partners}
    for path, title in {**PAGES, **partners, **edits}.items():
        visitor.open(path)
        visitor.has_title(title)
        visitor.wait_until_calm()
        inspector.look(path)
    inspector.assert_sound()


def test_every_dialog_is_accessible(
    demo: JobtalkServer, partners: dict[str, str], enter: Callable[..., Visitor]
) -> None:
    address, name = next(iter(partners.items()))
    visitor = enter(demo.administrator, address)
    inspector = Inspector(visitor)
    for button in (f"Change the limit of {name}", "Test connection", "Deactivate", "Delete"):
        inspector.dialog(button)
    visitor.page.keyboard.press("Control+k")
    expect(visitor.page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    inspector.look("palette")
    visitor.page.keyboard.press("Escape")
    visitor.press_button("Menu of admin")
    inspector.look("menu")
    inspector.assert_sound()
