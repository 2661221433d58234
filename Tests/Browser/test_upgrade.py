"""A tab that is open while the server is upgraded: the files that it came from are gone."""

from __future__ import annotations

import pathlib
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Route, expect

from inside import run_inside
from jobtalk_server import ROOT, JobtalkServer
from visitor import Visitor

# Where the next version has its files.
NEXT = "script[src='/assets/main.js']"


class Host:
    """A machine on which one version of the server follows another, with the same data at the same address."""

    def __init__(self, directory: pathlib.Path) -> None:
        self._directory = directory
        self.server = JobtalkServer(directory)

    def upgrade(self) -> None:
        """The next version: the page's files lie at another address there."""
        port = self.server.port
        self.server.stop()
        self.server = JobtalkServer(self._directory, "--port", str(port), "--assets", str(ROOT / "Dashboard"))


@pytest.fixture
def host(tmp_path: pathlib.Path) -> Iterator[Host]:
    host = Host(tmp_path)
    yield host
    host.server.stop()


def test_an_open_tab_comes_to_the_new_version(host: Host, enter: Callable[..., Visitor]) -> None:
    idle, busy = (enter(host.server.administrator, path) for path in ("/statistics", "/partners/new"))
    for visitor in (idle, busy):
        visitor.expect_unreachable()
        visitor.expect_status(404)
        assert visitor.page.locator(NEXT).count() == 0
    busy.field("Name").fill("Half An Idea")
    host.upgrade()

    # Where nothing is lost nobody is asked.
    expect(idle.page.locator(NEXT)).to_have_count(1, timeout=60_000)
    idle.has_title("Statistics")

    expect(busy.page.get_by_text("A new version is there.")).to_be_visible(timeout=60_000)
    expect(busy.field("Name")).to_have_value("Half An Idea")
    assert not busy.axe_violations()
    # The code of a page that was never looked at is not there any more, nor its style.
    busy.expect_refusal("/styles/pages/help.css")
    busy.page.get_by_role("link", name="Help").click()
    busy.press_button("Discard changes")
    expect(busy.page.locator(NEXT)).to_have_count(1)
    busy.has_title("Help")


def test_a_server_that_never_gives_what_it_names_is_not_asked_for_ever(
    server: JobtalkServer, enter: Callable[..., Visitor]
) -> None:
    visitor = enter(server.administrator, "/help")
    visitor.has_title("Help")

    def answer(route: Route) -> None:
        if route.request.resource_type == "document":
            route.fallback()
        else:
            route.fulfill(content_type="text/html", body='<script type="module" src="/assets/elsewhere/main.js"></script>')

    visitor.page.route(f"{server.url}/", answer)
    loads: list[str] = []
    visitor.page.on("domcontentloaded", lambda page: loads.append(page.url))
    look = "({lookForUpgrade}) => void lookForUpgrade()"
    with visitor.page.expect_event("load"):
        run_inside(visitor, "upgrade.js", look)
    visitor.has_title("Help")
    run_inside(visitor, "upgrade.js", look)
    expect(visitor.page.get_by_text("A new version is there.")).to_be_visible()
    visitor.page.wait_for_timeout(2_500)
    assert len(loads) == 1
    with visitor.page.expect_event("load"):
        visitor.press_button("Reload")
