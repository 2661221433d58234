"""A page that is open all day: others change things meanwhile, answers come late, days and sessions end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from inside import run_inside
from jobtalk_server import Console, JobtalkServer
from visitor import Visitor


@pytest.fixture
def reader(demo: JobtalkServer, enter: Callable[..., Visitor]) -> Visitor:
    """At the demo's overview."""
    visitor = enter(demo.administrator)
    expect(visitor.page.get_by_role("rowheader").first).to_be_visible()
    return visitor


@pytest.fixture
def api(demo: JobtalkServer) -> Console:
    return demo.administrator


@pytest.fixture
def partner(api: Console) -> dict[str, Any]:
    """One of the demo that is well."""
    return next(one for one in api.read("/api/partners") if one["dbType"] == "sqlite" and one["isActive"])


def set_limit(visitor: Visitor, name: str, limit: int) -> None:
    visitor.page.get_by_role("button", name=f"Change the limit of {name}").click()
    visitor.field("Calls at the same time").fill(str(limit))
    visitor.press_button("Change limit")


def test_a_refused_change_gives_way_to_what_the_server_says(
    reader: Visitor, api: Console, partner: dict[str, Any]
) -> None:
    name, limit = partner["partnerName"], partner["concurrencyLimit"]
    shown = lambda limit: reader.page.get_by_role("button", name=f"Change the limit of {name}, now {limit}")  # noqa: E731
    held: list[Route] = []
    reader.page.route("**/concurrency", lambda route: held.append(route))
    set_limit(reader, name, limit + 100)
    set_limit(reader, name, limit + 200)
    expect(shown(limit + 200)).to_be_visible()
    # The partner is read meanwhile: its numbers come with the limit that still holds.
    api.post(f"/api/partners/{partner['id']}/force-sync")
    expect(reader.cell(name, "Last sync")).to_contain_text(re.compile("now|[1-5] s"))
    expect(shown(limit + 200)).to_be_visible()
    reader.expect_status(422)
    for route in held:
        route.fulfill(status=422, json={"detail": "Not today", "errors": []})
        expect(reader.page.get_by_text(f"The limit of {name} stays").last).to_contain_text("Not today")
    expect(shown(limit)).to_be_visible()


def test_a_change_without_an_answer_is_not_called_refused(reader: Visitor, partner: dict[str, Any]) -> None:
    name, limit = partner["partnerName"], partner["concurrencyLimit"]
    reader.expect_unreachable()
    reader.page.route("**/concurrency", lambda route: route.abort())
    set_limit(reader, name, limit + 1)
    expect(reader.page.get_by_text(f"It is not known whether the limit of {name} was changed")).to_be_visible()


def test_a_removed_partner_takes_its_alert_with_it(reader: Visitor, api: Console) -> None:
    name = "Short Lived"
    partner = api.add(partnerName=name, dbType="sqlite", dbName="short-lived.db", dbUsername="", dbPassword="", dbHost="")
    expect(reader.row(name)).to_have_count(1)
    reader.page.get_by_role("link", name=f"Details of {name}").click()
    reader.has_title(name)
    alert = {
        "id": "x", "partnerId": partner, "partnerName": name, "level": "CRITICAL", "message": "In trouble",
        "openedAt": "2026-11-24T00:00:00Z", "changedAt": "2026-11-24T00:00:00Z", "resolvedAt": None,
        "dismissedUntil": None, "dismissedBy": None,
    }
    reader.page.get_by_role("link", name="Alerts").click()
    run_inside(reader, "live/store.js", "({applyAlerts}, alert) => applyAlerts(new Map([[alert.id, alert]]))", alert)
    expect(reader.page.get_by_role("listitem").filter(has_text=name)).to_be_visible()
    assert api.delete(f"/api/partners/{partner}").status_code == 200
    expect(reader.page.get_by_role("listitem").filter(has_text=name)).to_have_count(0)
    # What the server said before it was removed comes too late.
    run_inside(reader, "live/store.js", "({applyAlerts}, alert) => applyAlerts(new Map([[alert.id, alert]]))", alert)
    expect(reader.page.get_by_role("listitem").filter(has_text=name)).to_have_count(0)


def test_a_partner_that_is_removed_elsewhere_is_gone_here(reader: Visitor, api: Console) -> None:
    partner = api.add(
        partnerName="Gone Soon", dbType="sqlite", dbName="gone-soon.db", dbUsername="", dbPassword="", dbHost="")
    reader.page.get_by_role("link", name="Details of Gone Soon").click()
    reader.has_title("Gone Soon")
    assert api.delete(f"/api/partners/{partner}").status_code == 200
    expect(reader.page.get_by_text("There is no such partner")).to_be_visible()


def test_a_dismissed_alert_comes_back_by_itself(reader: Visitor) -> None:
    open_alerts = reader.page.get_by_role("region", name="Open alerts").get_by_role("listitem")
    expect(open_alerts.first).to_be_visible()
    run_inside(reader, "live/store.js", """({live}) => {
        const dismissedUntil = new Date(Date.now() + 3_000).toISOString();
        live.alerts = [{...live.alerts[0], message: "Back again", dismissedUntil}];
    }""")
    expect(open_alerts.filter(has_text="Back again")).to_have_count(0)
    expect(open_alerts.filter(has_text="Back again")).to_be_visible()


def test_the_statistics_of_today_are_those_of_the_new_day_after_midnight(reader: Visitor) -> None:
    reader.page.get_by_role("link", name="Statistics").click()
    reader.press_button("Today")
    expect(reader.page.get_by_role("button", name="Download CSV")).to_be_enabled()
    tomorrow = str(date.fromisoformat(reader.field("First day").input_value()) + timedelta(days=1))
    with reader.page.expect_request(lambda request: f"start_date={tomorrow}&end_date={tomorrow}" in request.url):
        run_inside(reader, "clock.js", "({now}) => { now.value += 86_400_000; }")


def test_what_is_typed_while_settings_are_saved_stays(server: JobtalkServer, enter: Callable[..., Visitor]) -> None:
    visitor = enter(server.administrator, "/settings")
    held: list[Route] = []
    visitor.page.route("**/api/settings", lambda route: held.append(route) if route.request.method == "PUT" else route.fallback())
    visitor.field("Wait for a query").fill("61")
    visitor.press_button("Save settings")
    visitor.field("Wait for a connection").fill("31")
    assert len(held) == 1
    held[0].continue_()
    expect(visitor.page.get_by_text("1 change not saved")).to_be_visible()
    expect(visitor.field("Wait for a connection")).to_have_value("31")
    expect(visitor.field("Wait for a query")).to_have_value("61")


def test_the_course_of_the_day_is_asked_for_in_whole_steps(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    asked: list[str] = []
    visitor.page.on("request", lambda request: asked.append(request.url) if "dashboard/history" in request.url else None)
    visitor.open("/")
    visitor.sign_in()
    expect(visitor.page.get_by_role("img", name="Active calls over the last 24 hours")).to_be_visible()
    assert [url.removeprefix(demo.url) for url in asked] == ["/api/dashboard/history?points=96"]


def test_without_storage_the_page_works_until_it_is_closed(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    visitor.page.add_init_script("""for (const name of ["localStorage", "sessionStorage"]) {
        Object.defineProperty(window, name, {get() { throw new DOMException("Access is denied", "SecurityError"); }});
    }""")
    visitor.open("/")
    visitor.sign_in()
    visitor.has_title("Overview")
    visitor.press_button("Close this note")
    visitor.press_button("Menu of admin")
    visitor.press_button("Dark")
    expect(visitor.page.locator("html")).to_have_attribute("data-theme", "dark")
    visitor.press_button("Sign out")
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()


def test_a_session_that_stays_is_one_in_all_tabs(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    visitor.expect_status(401)
    visitor.open("/statistics")
    visitor.page.get_by_label("Stay signed in on this device").check()
    visitor.sign_in()
    other = visitor.page.context.new_page()
    other.goto(demo.url + "/help")
    expect(other.get_by_role("heading", level=1)).to_have_text("Help")
    other.get_by_role("button", name="Menu of admin").click()
    other.get_by_role("button", name="Sign out").click()
    expect(visitor.page.get_by_text("Your session has ended")).to_be_visible(timeout=30_000)
    other.get_by_label("User name").fill("admin")
    other.get_by_label("Password", exact=True).fill("Admin@2024")
    other.get_by_label("Stay signed in on this device").check()
    other.get_by_role("button", name="Sign in").click()
    # Nobody signs in here: it is the same person at the same device.
    visitor.has_title("Statistics")


def test_a_late_refusal_does_not_end_the_next_session(
    demo: JobtalkServer, visit: Callable[..., Visitor], partner: dict[str, Any]
) -> None:
    reader = visit(demo.url)
    reader.open("/")
    reader.sign_in()
    held: list[Route] = []
    reader.page.route("**/force-sync", lambda route: held.append(route))
    reader.press_button(f"Sync {partner['partnerName']} now")
    reader.revoke_session()
    expect(reader.page.get_by_text("Your session has ended")).to_be_visible(timeout=30_000)
    reader.sign_in()
    reader.has_title("Overview")
    with reader.page.expect_response("**/force-sync"):
        held[0].fulfill(status=401, json={"detail": "Token has been revoked"})
    expect(reader.page.get_by_role("status", name="Connection: Live")).to_be_visible()
    reader.has_title("Overview")


def test_the_palette_does_not_outlive_the_session(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    visitor.open("/")
    visitor.sign_in()
    visitor.page.keyboard.press("Control+k")
    expect(visitor.page.get_by_role("dialog")).to_be_visible()
    visitor.revoke_session()
    expect(visitor.page.get_by_text("Your session has ended")).to_be_visible(timeout=30_000)
    visitor.sign_in()
    visitor.has_title("Overview")
    expect(visitor.page.get_by_role("dialog")).to_have_count(0)
