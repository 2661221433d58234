"""Every page in both themes on phone, tablet and desk: sound, accessible, and within the window."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

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
    listed = demo.console().read("/api/partners")
    failing = next(partner for partner in listed if partner["dbHost"] == "127.0.0.1")
    well = next(partner for partner in listed if partner["dbType"] == "sqlite")
    return {f"/partners/{partner['id']}": partner["partnerName"] for partner in (well, failing)}


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 768, 1440])
def test_every_page_is_accessible_and_fits(
    demo: JobtalkServer, partners: dict[str, str], visit: Callable[..., Visitor], theme: str, width: int
) -> None:
    visitor = visit(demo.url, width=width, theme=theme)
    visitor.open("/")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Sign in to JobTalk Admin")
    faults = [f"/sign-in {fault}" for fault in visitor.axe_violations()]
    visitor.sign_in()
    edits = {f"{path}/edit": "Edit partner" for path in partners}
    for path, title in {**PAGES, **partners, **edits}.items():
        visitor.open(path)
        expect(visitor.page.get_by_role("heading", level=1)).to_have_text(title)
        visitor.wait_until_calm()
        faults += [f"{path} {fault}" for fault in visitor.axe_violations()]
        if visitor.overflow() > 0:
            faults.append(f"{path} is {visitor.overflow()} px too wide")
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1440])
def test_every_dialog_is_accessible(
    demo: JobtalkServer, partners: dict[str, str], visit: Callable[..., Visitor], theme: str, width: int
) -> None:
    visitor = visit(demo.url, width=width, theme=theme)
    address, name = next(iter(partners.items()))
    visitor.open(address)
    visitor.sign_in()
    faults = []
    for button in (f"Change the limit of {name}", "Test connection", "Deactivate", "Delete"):
        visitor.page.get_by_role("button", name=button).click()
        expect(visitor.page.get_by_role("dialog")).to_be_visible()
        faults += [f"{button}: {fault}" for fault in visitor.axe_violations()]
        visitor.page.keyboard.press("Escape")
        expect(visitor.page.get_by_role("dialog")).to_have_count(0)
        expect(visitor.page.get_by_role("button", name=button)).to_be_focused()
    visitor.page.keyboard.press("Control+k")
    expect(visitor.page.get_by_role("dialog").get_by_role("combobox")).to_be_focused()
    faults += [f"palette: {fault}" for fault in visitor.axe_violations()]
    visitor.page.keyboard.press("Escape")
    visitor.page.get_by_role("button", name="Menu of admin").click()
    faults += [f"menu: {fault}" for fault in visitor.axe_violations()]
    assert not faults, "\n".join(faults)
