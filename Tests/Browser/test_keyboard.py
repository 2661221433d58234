"""The whole way with the keyboard alone: no mouse, no touch, nothing focused by a script."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Locator, expect

from jobtalk_server import Console, JobtalkServer
from partner_form import see_every_stage
from partner_place import Place
from visitor import Visitor

# No control of a page is further away.
MOST_TABS = 60
# What a person sees of the focus: an outline, a shadow, or the border of a field.
LOOK = """element => {
    const {outline, boxShadow, borderColor} = getComputedStyle(element);
    return [element === document.activeElement, outline + boxShadow + borderColor];
}"""


class Keys:
    """Two hands on the keyboard."""

    def __init__(self, visitor: Visitor) -> None:
        self._visitor = visitor
        self.press = visitor.page.keyboard.press
        self.type = visitor.page.keyboard.type

    def tab_to(self, target: Locator) -> None:
        """Presses Tab until the focus is there, and seen to be there."""
        expect(target).to_be_visible()
        was_focused, before = target.evaluate(LOOK)
        assert not was_focused, f"{target} has the focus already"
        for _ in range(MOST_TABS):
            self.press("Tab")
            is_focused, look = target.evaluate(LOOK)
            if is_focused:
                assert look != before, f"the focus on {target} is not seen"
                return
        raise AssertionError(f"{MOST_TABS} times Tab do not lead to {target}")

    def fill(self, label: str, text: str) -> None:
        """Goes on to a field, and writes over what is in it."""
        self.tab_to(self._visitor.field(label))
        self.press("Control+a")
        if "\n" in text:
            self._visitor.page.keyboard.insert_text(text)
        else:
            self.type(text)

    def command(self, words: str) -> None:
        self.press("Control+k")
        expect(self._visitor.page.get_by_role("combobox", name="Go to")).to_be_focused()
        self.type(words)
        options = self._visitor.page.get_by_role("dialog").get_by_role("option")
        expect(options.first).to_contain_text(words, ignore_case=True)
        self.press("Enter")


def test_a_partner_is_added_and_limited_with_the_keyboard_alone(
    office: JobtalkServer, place: Place, visit: Callable[..., Visitor]
) -> None:
    partner = place.partner("By Keyboard")
    visitor = visit(office.url)
    keys = Keys(visitor)
    button = lambda name: visitor.page.get_by_role("button", name=name, exact=True)  # noqa: E731
    visitor.open("/")
    expect(visitor.field("User name")).to_be_focused()
    keys.type("admin")
    keys.press("Tab")
    keys.type("Admin@2024")
    keys.press("Enter")
    visitor.has_title("Overview")

    keys.command("Add partner")
    visitor.has_title("Add partner")
    fields = partner.fields
    for label in ("Name", "Database name", "Host", "Port", "User", "Database password"):
        keys.fill(label, fields[label])
    keys.tab_to(visitor.page.get_by_role("switch", name="Connect through an SSH tunnel"))
    keys.press("Space")
    for label in ("SSH host", "SSH port", "SSH user"):
        keys.fill(label, fields[label])
    keys.tab_to(visitor.field("Sign in by"))
    keys.press("ArrowDown")
    keys.fill("Private key", fields["Private key"])
    keys.tab_to(button("Test connection"))
    keys.press("Enter")
    see_every_stage(visitor)
    keys.press("Escape")
    expect(button("Test connection")).to_be_focused()
    keys.tab_to(button("Add partner"))
    keys.press("Enter")
    visitor.has_title("By Keyboard")
    expect(visitor.number("Active calls")).to_contain_text("7")

    keys.tab_to(button("Change the limit of By Keyboard, now 20"))
    keys.press("Enter")
    expect(visitor.field("Calls at the same time")).to_be_focused()
    keys.press("ArrowUp")
    keys.fill("Reason (optional)", "No mouse at hand")
    keys.press("Enter")
    expect(button("Change the limit of By Keyboard, now 21")).to_be_focused()
    expect(visitor.row("Limit 20 → 21")).to_contain_text("No mouse at hand")
    assert partner.setting("callConcurrency") == "21"

    keys.command("Change limit of By Keyboard")
    expect(visitor.field("Calls at the same time")).to_be_focused()
    keys.type("22")
    keys.press("Enter")
    expect(visitor.row("Limit 21 → 22")).to_contain_text("Arrived")
    assert partner.setting("callConcurrency") == "22"


def test_the_overview_is_worked_with_the_keyboard_alone(
    operator: Visitor, place: Place, console: Console
) -> None:
    partner = place.partner("Under The Keys")
    partner.add_to(console)
    visitor = operator
    keys = Keys(visitor)
    expect(visitor.row("Under The Keys")).to_be_visible()
    keys.tab_to(visitor.page.get_by_role("link", name="Skip to the page"))
    keys.press("Enter")
    expect(visitor.page.get_by_role("main")).to_be_focused()
    keys.fill("Search partners by name or tenant", "under the")
    expect(visitor.page.get_by_role("rowheader")).to_have_count(1)
    pause = visitor.page.get_by_role("switch", name="Pause non-priority campaigns of Under The Keys")
    keys.tab_to(pause)
    keys.press("Space")
    expect(visitor.page.get_by_text("Non-priority campaigns of Under The Keys are paused")).to_be_visible()
    expect(pause).to_be_checked()
    assert partner.setting("pauseNonPriorityCampaigns") == "true"
    keys.tab_to(visitor.page.get_by_role("link", name="Details of Under The Keys"))
    keys.press("Enter")
    visitor.has_title("Under The Keys")

    keys.command("Statistics")
    visitor.has_title("Statistics")
    keys.command("Under The Keys")
    visitor.has_title("Under The Keys")
