"""A thousand partners, read every five seconds: the page draws what is seen, and its memory stays flat.

What a frame costs is measured by `Benchmarks/run page`.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import CDPSession, Page, expect

from jobtalk_server import JobtalkServer
from visitor import Visitor

PARTNERS = 1_000
WARM_UP_SECONDS = 30
SOAK_SECONDS = int(os.environ.get("SOAK_SECONDS", "120"))
READINGS = 6
MARGIN = 0.10


@pytest.fixture(scope="module")
def crowd(new_server: Callable[..., JobtalkServer]) -> Iterator[JobtalkServer]:
    server = new_server("--demo", "--demo-partners", str(PARTNERS))
    answer = server.console().put("/api/settings", json={"refreshInterval": 5, "concurrentPartnerLimit": 64})
    assert answer.status_code == 200, answer.text
    yield server
    # It takes a whole core, which the tests that follow want.
    server.stop()


@pytest.fixture
def overview(crowd: JobtalkServer, visit: Callable[..., Visitor]) -> Page:
    visitor = visit(crowd.url)
    visitor.open("/")
    visitor.sign_in()
    expect(visitor.page.get_by_text(f"{PARTNERS:,} partners")).to_be_visible(timeout=30_000)
    return visitor.page


def test_only_what_is_seen_is_drawn(overview: Page) -> None:
    assert overview.get_by_role("rowheader").count() < 60
    overview.mouse.wheel(0, 20_000)
    row = overview.get_by_role("table").get_by_role("row").nth(5)
    expect(row).to_have_attribute("aria-rowindex", re.compile(r"^([3-9]\d\d|1\d\d\d)$"))


def test_memory_stays_flat(overview: Page) -> None:
    devtools = overview.context.new_cdp_session(overview)
    # Code is compiled and caches are filled once.
    go_up_and_down(overview, WARM_UP_SECONDS)
    readings = [memory(devtools)]
    numbers = set()
    for _ in range(READINGS):
        go_up_and_down(overview, SOAK_SECONDS / READINGS)
        readings.append(memory(devtools))
        numbers.add(overview.get_by_role("row").nth(1).inner_text())
    print(f"\nafter {SOAK_SECONDS} s: " + ", ".join(f"{reading / 1e6:.1f} MB" for reading in readings))
    assert len(numbers) > 1, "nothing changed on the page: this proves nothing"
    first, *rest = readings
    assert all(abs(reading - first) <= MARGIN * first for reading in rest), readings


def go_up_and_down(page: Page, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for distance in (3_000, -3_000):
            page.mouse.wheel(0, distance)
            page.wait_for_timeout(2_000)


def memory(devtools: CDPSession) -> float:
    """Bytes of what lives, after the garbage is gone."""
    devtools.send("HeapProfiler.enable")
    devtools.send("HeapProfiler.collectGarbage")
    return float(devtools.send("Runtime.getHeapUsage")["usedSize"])
