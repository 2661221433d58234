"""Takes the pictures of README.md from the demo: `make screenshots`. No test, but it runs as one: what goes wrong in the
page is told."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from jobtalk_server import ROOT, JobtalkServer
from visitor import Visitor

# A reader of README.md waits for them.
MOST_BYTES = 300_000
# So long the demo is given to have something to show in its charts.
COURSE_SECONDS = 60


@pytest.fixture(scope="module")
def lively(demo: JobtalkServer) -> JobtalkServer:
    """The demo after a while of traffic."""
    assert demo.administrator.put("/api/settings", json={"refreshInterval": 5}).status_code == 200
    time.sleep(COURSE_SECONDS)
    return demo


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_take(lively: JobtalkServer, enter: Callable[..., Visitor], theme: str) -> None:
    visitor = enter(lively.administrator, width=1440, height=900, theme=theme)
    expect(visitor.page.get_by_role("rowheader").first).to_be_visible()
    expect(visitor.page.get_by_role("status", name="Connection: Live")).to_be_visible()
    visitor.wait_until_calm()
    visitor.press_button("Close this note")
    path = ROOT / f"Docs/overview-{theme}.png"
    visitor.page.screenshot(path=path)
    assert path.stat().st_size <= MOST_BYTES
