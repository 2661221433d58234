"""Somebody at a browser window, and what goes wrong in it."""

from __future__ import annotations

import re

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect

from jobtalk_server import ADMIN

# A slow machine is no fault of the page.
expect.set_options(timeout=15_000)


class Visitor:
    """A window of its own: nothing is shared with others. Everything is found as a person finds it, by role and name."""

    def __init__(
        self, browser: Browser, url: str, *, width: int = 1440, height: int = 900, theme: str = "light",
        motion: str = "reduce",
    ) -> None:
        self.url = url
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion=motion,  # type: ignore[arg-type]
            accept_downloads=True)
        self._context.set_default_timeout(15_000)
        self.page: Page = self._context.new_page()
        self._problems: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self._problems.append(f"error in the page: {error}"))
        self.page.on("request", self._note_request)

    def expect_status(self, *statuses: int) -> None:
        """The browser itself writes failed requests to the console: these are what the test is about."""
        self._expected += [re.compile(f"responded with a status of {status}\\b") for status in statuses]

    def expect_unreachable(self) -> None:
        """The server is about to be gone for a while."""
        self._expected += [re.compile("net::ERR_")]

    def expect_refusal(self, address: str) -> None:
        """The page asks for something that its policy refuses, and does well without."""
        self._expected.append(re.compile(re.escape(address)))

    def open(self, path: str) -> None:
        self.page.goto(self.url + path)

    def sign_in(self, username: str = ADMIN["username"], password: str = ADMIN["password"]) -> None:
        """Fills in the form that is there, and waits until it is gone."""
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        expect(self.page.get_by_label("Stay signed in on this device")).to_have_count(0)

    def wait_until_calm(self) -> None:
        """What was asked for is there: no skeleton is left."""
        expect(self.page.locator("main .skeleton")).to_have_count(0)

    def axe_violations(self) -> list[str]:
        """What axe finds wrong, one line each."""
        found = Axe().run(self.page).response["violations"]
        return [
            f"{violation['id']}: {violation['help']}: {node['target']} {node.get('failureSummary', '')}"
            for violation in found for node in violation["nodes"]
        ]

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def close(self) -> list[str]:
        """Closes the window, and tells what went wrong in it."""
        self._context.close()
        return [problem for problem in self._problems if not any(known.search(problem) for known in self._expected)]

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._problems.append(f"{message.type} in the console: {message.text}")

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:", "data:")):
            self._problems.append(f"a request to another origin: {request.url}")
