"""The form in which a partner is added, and what a test of its connection shows, for a hand on the mouse."""

from __future__ import annotations

from collections.abc import Mapping

from playwright.sync_api import expect

from visitor import Visitor

# Each stage of a test through a tunnel, in the words of the page.
STAGES = [
    "Find the host", "Reach the SSH host", "Check its host key", "Sign in over SSH", "Open the tunnel",
    "Reach the database", "Sign in to the database", "Check tables and columns",
]


def open_form(visitor: Visitor) -> None:
    """From the overview."""
    visitor.page.get_by_role("link", name="Add partner").first.click()
    visitor.has_title("Add partner")


def fill(visitor: Visitor, fields: Mapping[str, str]) -> None:
    visitor.page.get_by_role("switch", name="Connect through an SSH tunnel").click()
    visitor.field("Sign in by").select_option(label="Private key")
    for label, value in fields.items():
        visitor.field(label).fill(value)


def see_every_stage(visitor: Visitor) -> None:
    """The test that was just begun goes through all its stages, each with the time that it took."""
    dialog = visitor.page.get_by_role("dialog")
    expect(dialog.get_by_text("Connection successful via SSH tunnel")).to_be_visible()
    steps = dialog.get_by_role("listitem")
    expect(steps).to_have_count(len(STAGES))
    for step, words in zip(steps.all_inner_texts(), STAGES):
        assert step.startswith(words) and "done" in step and step.endswith(("ms", "s")), step
