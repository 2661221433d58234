"""How the page comes by its picture: nothing is lost between the list of partners and the stream that goes on from it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from jobtalk_server import Console, JobtalkServer
from visitor import Visitor

STREAM = "**/api/dashboard/stream"


def add(console: Console, name: str) -> str:
    """A partner that nobody visits."""
    return console.add(
        partnerName=name, dbHost="127.0.0.1", dbName="calls", dbUsername="reader", dbPassword="secret", isActive=False)


# What the stream is asked for instead of the list's tag: as if another process had given it, or a proxy taken it away.
@pytest.mark.parametrize("place", ["as the page says", "another-1", None])
def test_what_changes_between_the_list_and_the_stream_is_shown(
    new_server: Callable[..., JobtalkServer], visit: Callable[..., Visitor], place: str | None
) -> None:
    server = new_server()
    console = server.administrator
    leaves, stays = add(console, "Leaves"), add(console, "Stays")
    visitor = visit(server.url, token=console.token)
    asked: list[str | None] = []

    def meanwhile(route: Route) -> None:
        """The list has come, the stream is not open yet."""
        asked.append(route.request.header_value("last-event-id"))
        if len(asked) == 1:
            assert console.delete(f"/api/partners/{leaves}").status_code == 200
            assert console.put(f"/api/partners/{stays}", json={"partnerName": "Stayed"}).status_code == 200
            add(console, "Comes")
        headers = {name: value for name, value in route.request.all_headers().items() if name != "last-event-id"}
        if place:
            headers["last-event-id"] = asked[-1] or "" if place == "as the page says" else place
        route.continue_(headers=headers)

    visitor.page.route(STREAM, meanwhile)
    visitor.open("/")
    expect(visitor.page.get_by_role("status", name="Connection: Live")).to_be_visible()
    for name in ("Comes", "Stayed"):
        expect(visitor.row(name)).to_have_count(1)
    for name in ("Leaves", "Stays"):
        expect(visitor.row(name)).to_have_count(0)
    expect(visitor.page.get_by_text("2 partners")).to_be_visible()
    # Later changes are told as well, and it was one stream that told them all.
    assert console.delete(f"/api/partners/{stays}").status_code == 200
    expect(visitor.row("Stayed")).to_have_count(0)
    assert len(asked) == 1 and asked[0]
    server.stop()


def test_a_stream_that_breaks_off_is_taken_up_again(
    new_server: Callable[..., JobtalkServer], visit: Callable[..., Visitor]
) -> None:
    server = new_server()
    console = server.administrator
    leaves = add(console, "Leaves")
    visitor = visit(server.url, token=console.token)
    asked: list[str | None] = []

    def break_off_once(route: Route) -> None:
        asked.append(route.request.header_value("last-event-id"))
        if len(asked) > 1:
            return route.continue_()
        route.fulfill(headers={"Content-Type": "text/event-stream", "Last-Event-ID": "x-1"}, body="retry: 2000\n\n")
        # While nobody tells the page.
        assert console.delete(f"/api/partners/{leaves}").status_code == 200
        add(console, "Comes")

    visitor.page.route(STREAM, break_off_once)
    visitor.open("/")
    expect(visitor.row("Comes")).to_have_count(1)
    expect(visitor.row("Leaves")).to_have_count(0)
    expect(visitor.page.get_by_role("status", name="Connection: Live")).to_be_visible()
    add(console, "Comes later")
    expect(visitor.row("Comes later")).to_have_count(1)
    assert len(asked) == 2 and asked[0] != asked[1]
    server.stop()
