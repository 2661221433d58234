"""A thousand partners at first sight: what the page fetches for it, and what goes over the wire."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Request, expect

from jobtalk_server import JobtalkServer
from visitor import Visitor

PARTNERS = 1_000
MOST_BYTES = 300_000


@pytest.fixture(scope="module")
def crowd(new_server: Callable[..., JobtalkServer]) -> Iterator[JobtalkServer]:
    server = new_server("--demo", "--demo-partners", str(PARTNERS))
    console = server.console()
    end = time.monotonic() + 120
    while console.get("/api/dashboard/overview").json()["freshPartners"] < 0.9 * PARTNERS:
        assert time.monotonic() < end, "the partners were not read in time"
        time.sleep(1)
    # What is new belongs to the next view.
    answer = console.put("/api/settings", json={"refreshInterval": 3_600})
    assert answer.status_code == 200, answer.text
    yield server
    server.stop()


def test_the_list_comes_once_and_small_and_the_stream_goes_on_from_it(
    crowd: JobtalkServer, visit: Callable[..., Visitor]
) -> None:
    visitor = visit(crowd.url)
    page = visitor.page
    answers: list[Request] = []
    received = {"bytes": 0}
    devtools = page.context.new_cdp_session(page)
    devtools.send("Network.enable")
    # In pieces as they come, for the stream never ends.
    devtools.on("Network.dataReceived", lambda event: received.update(bytes=received["bytes"] + event["encodedDataLength"]))
    page.on("response", lambda response: answers.append(response.request))
    visitor.open("/")
    visitor.sign_in()
    expect(page.get_by_text(f"{PARTNERS:,} partners")).to_be_visible(timeout=30_000)
    expect(page.get_by_role("status", name="Connection: Live")).to_be_visible(timeout=30_000)
    page.wait_for_timeout(500)

    lists = [request for request in answers if request.url.endswith("/api/dashboard/partners")]
    assert len(lists) == 1
    head = lists[0].response()
    assert head is not None and head.header_value("content-encoding") == "gzip"
    streams = [request for request in answers if request.url.endswith("/api/dashboard/stream")]
    assert len(streams) == 1
    assert streams[0].header_value("last-event-id") == head.header_value("etag")
    stream = streams[0].response()
    assert stream is not None and stream.header_value("last-event-id")
    print(f"\n{received['bytes'] / 1_000:.0f} kB over the wire")
    assert received["bytes"] < MOST_BYTES
