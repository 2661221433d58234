"""Looks for what is wrong with a page, in every look that it has."""

from __future__ import annotations

from playwright.sync_api import expect

from visitor import Visitor


class Inspector:
    """Looks at a page again and again, and collects what is wrong with it."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self.faults: list[str] = []

    def look(self, state: str) -> None:
        """In both themes, on phone, tablet and desk."""
        for theme in ("light", "dark"):
            for width in (360, 768, 1440):
                self._visitor.change_look(theme, width)
                faults = self._visitor.axe_violations()
                if self._visitor.overflow() > 0:
                    faults.append(f"{self._visitor.overflow()} px too wide")
                self.faults += [f"{state}, {theme}, {width} px: {fault}" for fault in faults]

    def dialog(self, button: str, *, within: str | None = None) -> None:
        """Opens one, looks, and closes it again: the focus is back where it was."""
        page = self._visitor.page
        opener = page.get_by_role("button", name=button).first
        opener.click()
        expect(page.get_by_role("dialog")).to_be_visible()
        if within:
            expect(page.get_by_role("dialog")).to_contain_text(within)
        self.look(button)
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(opener).to_be_focused()

    def assert_sound(self) -> None:
        assert not self.faults, "\n".join(self.faults)
