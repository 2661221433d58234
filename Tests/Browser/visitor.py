"""Somebody at a browser window, and what goes wrong in it."""

from __future__ import annotations

import re

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Browser, ConsoleMessage, Dialog, Locator, Page, Request, expect

from jobtalk_server import ADMIN

# One line for each element with which axe finds something wrong.
FIND_FAULTS = """async () => {
    const {violations} = await axe.run(document, {resultTypes: ["violations"]});
    return violations.flatMap(({id, help, nodes}) =>
        nodes.map(({target, failureSummary}) => `${id}: ${help}: ${target} ${failureSummary ?? ""}`));
}"""

# A slow machine is no fault of the page.
expect.set_options(timeout=15_000)


class Visitor:
    """A window of its own: nothing is shared with others. Everything is found as a person finds it, by role and name."""

    def __init__(
        self, browser: Browser, url: str, *, token: str | None = None, width: int = 1440, height: int = 900,
        theme: str = "light",
    ) -> None:
        """With a token it is the window of somebody who asked to stay signed in."""
        self.url = url
        kept = [{"name": "jobtalk.token", "value": token}] if token else []
        self._context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=theme, reduced_motion="reduce",  # type: ignore[arg-type]
            accept_downloads=True, storage_state={"cookies": [], "origins": [{"origin": url, "localStorage": kept}]})
        self._context.set_default_timeout(15_000)
        self.page: Page = self._context.new_page()
        self._problems: list[str] = []
        self._expected: list[re.Pattern[str]] = []
        self.page.on("console", self._note_message)
        self.page.on("pageerror", lambda error: self._problems.append(f"error in the page: {error}"))
        self.page.on("request", self._note_request)
        self.page.on("dialog", self._note_dialog)

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

    def revoke_session(self) -> None:
        """The server does not know the page's token any more, and the page has not heard of it yet."""
        self.expect_status(401)
        self.page.evaluate("""fetch("/api/auth/logout", {
            method: "POST", headers: {Authorization: "Bearer " + sessionStorage.getItem("jobtalk.token")}})""")

    def sign_in(self, username: str = ADMIN["username"], password: str = ADMIN["password"]) -> None:
        """Fills in the form that is there, and waits until it is gone."""
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password", exact=True).fill(password)
        self.page.get_by_role("button", name="Sign in").click()
        # A debug build takes seconds to hash a password.
        expect(self.page.get_by_label("Stay signed in on this device")).to_have_count(0, timeout=60_000)

    def has_title(self, title: str) -> None:
        """Waits for the page with this heading."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(title)

    def field(self, label: str) -> Locator:
        """The input with exactly this label."""
        return self.page.get_by_label(label, exact=True)

    def press_button(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def jump(self, words: str) -> None:
        """Goes where the command palette leads for these words."""
        self.page.keyboard.press("Control+k")
        self.page.get_by_role("combobox", name="Go to").fill(words)
        self.page.keyboard.press("Enter")

    def row(self, name: str) -> Locator:
        """The row of a table that is about somebody or something."""
        head = self.page.get_by_role("rowheader").filter(has_text=name)
        return self.page.get_by_role("row").filter(has=head)

    def cell(self, name: str, column: str) -> Locator:
        """One cell of the only table on the page."""
        row = self.row(name)
        expect(row).to_be_visible()
        columns = self.page.get_by_role("columnheader").all_inner_texts()
        return row.get_by_role("rowheader").or_(row.get_by_role("cell")).nth(columns.index(column))

    def number(self, title: str) -> Locator:
        """One of the current numbers of a partner, with what is said about it."""
        numbers = self.page.get_by_label("Current numbers")
        return numbers.locator("div").filter(has=self.page.get_by_role("heading", name=title, exact=True))

    def wait_until_calm(self) -> None:
        """What was asked for is there: no skeleton is left."""
        expect(self.page.locator("main .skeleton")).to_have_count(0)

    def change_look(self, theme: str, width: int) -> None:
        """Sets the theme of the system and the width of the window, and waits until the page is drawn accordingly."""
        self.page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")

    def axe_violations(self) -> list[str]:
        """What axe finds wrong, one line each."""
        # It stays in the page until another is opened: to read it anew for each look takes longer than the look.
        if not self.page.evaluate("'axe' in window"):
            self.page.evaluate(AXE_SCRIPT)
        return self.page.evaluate(FIND_FAULTS)

    def overflow(self) -> int:
        """By how many pixels the page is wider than its window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def close(self) -> list[str]:
        """Closes the window, and tells what went wrong in it."""
        self._context.close()
        return [problem for problem in self._problems if not any(known.search(problem) for known in self._expected)]

    def _note_message(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            self._problems.append(f"{message.type} in the console: {message.text} ({message.location['url']})")

    def _note_dialog(self, dialog: Dialog) -> None:
        # Whoever leaves a form that is half filled in is asked; nothing else opens a dialog of the browser's own.
        if dialog.type == "beforeunload":
            dialog.accept()
        else:
            self._problems.append(f"a dialog of the browser: {dialog.type} {dialog.message}")
            dialog.dismiss()

    def _note_request(self, request: Request) -> None:
        if not request.url.startswith((self.url, "blob:", "data:")):
            self._problems.append(f"a request to another origin: {request.url}")
        # The page has no pictures but its icon: this one came out of a text.
        elif request.resource_type == "image" and not request.url.startswith((f"{self.url}/assets/", "blob:", "data:")):
            self._problems.append(f"an image that is none of ours: {request.url}")
