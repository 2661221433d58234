"""What must work on any server, with a click or a key."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

from playwright.sync_api import expect

from inspector import Inspector
from jobtalk_server import ROOT, Console, JobtalkServer
from visitor import Visitor

DASHBOARD = ROOT / "Dashboard"


def test_filter_and_sort_are_in_the_address(demo: JobtalkServer, enter: Callable[..., Visitor]) -> None:
    visitor = enter(demo.administrator)
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
    visitor.press_button("Clear the filter")
    expect(rows.first).to_be_visible()


def test_a_viewer_sees_everything_and_changes_nothing(viewer: Console, enter: Callable[..., Visitor]) -> None:
    visitor = enter(viewer)
    inspector = Inspector(visitor)
    expect(visitor.page.get_by_role("rowheader").first).to_be_visible()
    for control in ("Add partner", "Refresh", "Users"):
        assert visitor.page.get_by_role("link", name=control).or_(
            visitor.page.get_by_role("button", name=control)).count() == 0, control
    pause = visitor.page.get_by_role("switch").first
    expect(pause).to_have_attribute("title", "Only a user with the role ADMIN may do this")
    was = pause.get_attribute("aria-checked")
    pause.click(force=True)
    expect(pause).to_have_attribute("aria-checked", was or "")
    inspector.look("overview of a viewer")
    visitor.open("/settings")
    expect(visitor.page.get_by_label("Read each partner every")).to_be_disabled()
    inspector.look("settings of a viewer")
    for path in ("/users", "/partners/new"):
        visitor.open(path)
        expect(visitor.page.get_by_role("main")).to_contain_text("Not for this role")
    inspector.assert_sound()


def test_the_download_is_safe_in_a_spreadsheet(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    visitor = visit(demo.url)
    visitor.open("/")
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
