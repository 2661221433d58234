"""What must work on any server, with a click or a key."""

from __future__ import annotations

import csv
import io
import re
import uuid
from collections.abc import Callable

from playwright.sync_api import expect

from jobtalk_server import ROOT, JobtalkServer
from visitor import Visitor

# The acceptance allows 300 kB; what is compressed on the way counts as such.
FIRST_VIEW = 300_000
DASHBOARD = ROOT / "Dashboard"


def test_a_wrong_password_is_told_in_the_servers_words(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    visitor.expect_status(401)
    visitor.open("/")
    visitor.page.get_by_label("User name").fill("admin")
    visitor.page.get_by_label("Password", exact=True).fill("wrong")
    visitor.page.keyboard.press("Enter")
    expect(visitor.page.get_by_role("alert")).to_have_text("Invalid credentials")


def test_a_session_that_ran_out_comes_back_to_where_it_was(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    visitor.expect_status(401)
    visitor.open("/")
    visitor.sign_in()
    visitor.page.get_by_role("link", name="Settings").click()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Settings")
    visitor.page.evaluate("""fetch("/api/auth/logout", {
        method: "POST", headers: {Authorization: "Bearer " + sessionStorage.getItem("jobtalk.token")}})""")
    expect(visitor.page.get_by_text("Your session has ended")).to_be_visible(timeout=30_000)
    visitor.sign_in()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("Settings")


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
    staying.page.get_by_role("button", name="Menu of admin").click()
    staying.page.get_by_role("button", name="Sign out").click()
    expect(staying.page.get_by_role("button", name="Sign in")).to_be_visible()
    assert staying.page.evaluate(stored) == [False, False]


def test_a_limit_is_changed_with_the_keyboard_alone(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    visitor.open("/")
    visitor.sign_in()
    name = visitor.page.get_by_role("rowheader").get_by_role("link").first.inner_text()
    reason = f"Keys only {uuid.uuid4()} <img src=x onerror=alert(1)>"
    press = visitor.page.keyboard.press
    press("Control+k")
    visitor.page.keyboard.type(f"limit {name}")
    expect(visitor.page.get_by_role("dialog").get_by_role("option")).to_have_count(1)
    press("Enter")
    expect(visitor.page.get_by_label("Calls at the same time")).to_be_focused()
    visitor.page.keyboard.type("37")
    press("Tab")
    visitor.page.keyboard.type(reason)
    press("Enter")
    expect(visitor.page.get_by_role("button", name=f"Change the limit of {name}, now 37")).to_be_visible()
    press("Control+k")
    visitor.page.keyboard.type(name)
    press("Enter")
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text(name)
    # The reason is text, whatever it says.
    expect(visitor.page.get_by_text(reason)).to_be_visible()
    assert visitor.page.locator("main img").count() == 0


def test_filter_and_sort_are_in_the_address(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    visitor.open("/")
    visitor.sign_in()
    rows = visitor.page.get_by_role("rowheader")
    visitor.page.get_by_label("Search partners").fill("staffing")
    visitor.page.get_by_role("button", name="Active", exact=True).click()
    expect(visitor.page.get_by_role("columnheader", name="Active", exact=True)).to_have_attribute("aria-sort", "descending")
    shown = rows.all_inner_texts()
    assert shown and all("Staffing" in name for name in shown)
    assert re.search(r"q=staffing&sort=-activeCalls$", visitor.page.url)
    visitor.page.reload()
    expect(rows).to_have_count(len(shown))
    visitor.page.get_by_label("Search partners").fill("nobody by that name")
    expect(visitor.page.get_by_text("No partner matches")).to_be_visible()


def test_a_viewer_sees_everything_and_changes_nothing(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    name, password = f"viewer-{uuid.uuid4().hex[:8]}", "Looks-2024-only"
    created = demo.console().post(
        "/api/users",
        json={"username": name, "email": f"{name}@example.com", "role": "VIEWER", "password": password})
    assert created.status_code == 200, created.text
    visitor = visit(demo.url)
    visitor.open("/")
    visitor.sign_in(name, password)
    expect(visitor.page.get_by_role("rowheader").first).to_be_visible()
    for control in ("Add partner", "Refresh", "Users"):
        assert visitor.page.get_by_role("link", name=control).or_(
            visitor.page.get_by_role("button", name=control)).count() == 0, control
    pause = visitor.page.get_by_role("switch").first
    expect(pause).to_have_attribute("title", "Only a user with the role ADMIN may do this")
    was = pause.get_attribute("aria-checked")
    pause.click(force=True)
    expect(pause).to_have_attribute("aria-checked", was or "")
    visitor.open("/settings")
    expect(visitor.page.get_by_label("Read each partner every")).to_be_disabled()


def test_an_empty_server_says_what_to_do_next(server: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(server.url)
    visitor.open("/")
    visitor.sign_in()
    expect(visitor.page.get_by_text("No partners yet")).to_be_visible()
    assert visitor.page.get_by_text("This is a demo").count() == 0


def test_the_download_is_safe_in_a_spreadsheet(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    visitor.open("/")
    visitor.sign_in()
    text = visitor.page.evaluate("""async () => {
        const main = document.querySelector("script[src$='/main.js']").src;
        const {csvOf} = await import(new URL("pages/statistics-csv.js", main).href);
        const count = (byStatus) => ({total: Object.values(byStatus).reduce((a, b) => a + b, 0), byStatus});
        return csvOf({
          period: {start_date: "2026-11-01", end_date: "2026-11-30"},
          rows: [
            {partnerId: "1", partnerName: '=HYPERLINK("http://x")', calls: count({ENDED: 3, "@odd": 1}), submittals: count({})},
            {partnerId: "2", partnerName: "A, B \\"C\\"\\nD", calls: count({ENDED: 4}), submittals: count({pending: 2}), error: "-1"},
          ],
        });
    }""")
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row["Partner"] for row in rows] == ["'=HYPERLINK(\"http://x\")", 'A, B "C"\nD']
    assert [row["Error"] for row in rows] == ["", "'-1"]
    assert sum(int(row["Calls"]) for row in rows) == 8
    assert [row["Calls ENDED"] for row in rows] == ["3", "4"]
    assert [row["Calls @odd"] for row in rows] == ["1", "0"]


def test_the_first_view_is_light(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    devtools = visitor.page.context.new_cdp_session(visitor.page)
    devtools.send("Network.enable")
    received: list[float] = []
    devtools.on("Network.loadingFinished", lambda event: received.append(event["encodedDataLength"]))
    visitor.open("/")
    visitor.sign_in()
    expect(visitor.page.get_by_role("rowheader").first).to_be_visible()
    assert 50_000 < sum(received) < FIRST_VIEW, received


def test_the_page_names_at_once_all_that_the_first_view_imports() -> None:
    named = re.findall(r'rel="modulepreload" href="/assets/([^"]+)"', (DASHBOARD / "index.html").read_text())
    assert sorted(named) == sorted(imported("main.js", "pages/overview.js") - {"main.js"})


def test_every_style_is_asked_for_by_somebody() -> None:
    asked = set(re.findall(r'rel="stylesheet" href="/assets/styles/([^"]+)"', (DASHBOARD / "index.html").read_text()))
    for named in re.findall(r"styles: \[([^\]]+)\]", (DASHBOARD / "routes.js").read_text()):
        asked |= {f"{name}.css" for name in re.findall(r'"([^"]+)"', named)}
    for module in DASHBOARD.glob("pages/*.js"):
        asked |= set(re.findall(r'stylesheet\("styles/([^"]+)"\)', module.read_text()))
    styles = DASHBOARD / "styles"
    assert asked == {path.relative_to(styles).as_posix() for path in styles.rglob("*.css")}


def imported(*names: str) -> set[str]:
    """These modules, and all that they import directly or not, by their names in Dashboard."""
    found: set[str] = set()
    waiting = [DASHBOARD / name for name in names]
    while waiting:
        module = waiting.pop().resolve()
        name = module.relative_to(DASHBOARD).as_posix()
        if name in found:
            continue
        found.add(name)
        if not name.startswith("vendor/"):
            waiting += [
                module.parent / target for target in re.findall(r'^import\b[^;]*? from "([^"]+)"', module.read_text(), re.M)
            ]
    return found
