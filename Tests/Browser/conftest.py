from __future__ import annotations

import os
import pathlib
import shutil
import sys
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

# The real program and its surroundings are started as the contract tests start them.
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Contract"))

from jobtalk_server import Console, JobtalkServer  # noqa: E402
from partner_place import Place, hasten  # noqa: E402
from users import PASSWORD, add_user  # noqa: E402
from visitor import Visitor  # noqa: E402


@pytest.fixture(scope="session")
def new_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., JobtalkServer]]:
    """Starts further servers, which end with the tests."""
    servers: list[JobtalkServer] = []

    def start(*arguments: str, **environment: str) -> JobtalkServer:
        servers.append(JobtalkServer(tmp_path_factory.mktemp("jobtalk"), *arguments, **environment))
        return servers[-1]

    yield start
    for server in servers:
        server.stop()


@pytest.fixture(scope="session")
def demo(new_server: Callable[..., JobtalkServer]) -> JobtalkServer:
    """Pretend partners with moving traffic: some well, some busy, some failing."""
    return new_server("--demo")


@pytest.fixture(scope="session")
def viewer(demo: JobtalkServer) -> Console:
    """Somebody who may look at the demo, and change nothing."""
    return demo.console(add_user(demo.administrator, role="VIEWER"), PASSWORD)


@pytest.fixture(scope="session")
def server(new_server: Callable[..., JobtalkServer]) -> JobtalkServer:
    """A server without partners."""
    return new_server()


@pytest.fixture(scope="session")
def admin(server: JobtalkServer) -> Console:
    """Signed in at the server without partners."""
    return server.administrator


@pytest.fixture(scope="session")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Where partners live on a real MariaDB behind a real sshd."""
    place = Place(tmp_path_factory.mktemp("place"))
    yield place
    place.stop()


@pytest.fixture(scope="session")
def office(new_server: Callable[..., JobtalkServer]) -> JobtalkServer:
    """A server that reads real partners every five seconds."""
    office = new_server()
    hasten(office.administrator)
    return office


@pytest.fixture(scope="session")
def console(office: JobtalkServer) -> Console:
    """An administrator at the office who uses the API."""
    return office.administrator


@pytest.fixture
def operator(console: Console, enter: Callable[..., Visitor]) -> Visitor:
    """An administrator at the office who has just opened the page."""
    return enter(console)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium: the one that `CHROMIUM` names, else the system's."""
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if not program:
        pytest.fail("no Chromium: Scripts/setup test installs Debian's; elsewhere name one in CHROMIUM")
    # Chromium's own sandbox does not work for root.
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=program, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser window for somebody; when the test ends nothing may have gone wrong in it that was not expected."""
    visitors: list[Visitor] = []

    def open_window(url: str, **options: object) -> Visitor:
        visitors.append(Visitor(browser, url, **options))  # type: ignore[arg-type]
        return visitors[-1]

    yield open_window
    problems = [problem for visitor in visitors for problem in visitor.close()]
    assert not problems, "\n".join(problems)


@pytest.fixture
def enter(visit: Callable[..., Visitor]) -> Callable[..., Visitor]:
    """Opens a page for somebody who stays signed in on this device. How one signs in is the subject of few tests."""

    def open_page(who: Console, path: str = "/", **options: object) -> Visitor:
        visitor = visit(who.url, token=who.token, **options)
        visitor.open(path)
        return visitor

    return open_page
