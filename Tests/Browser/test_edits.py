"""What operators change is shown before the server has confirmed it: it is taken back if that refuses, or is gone."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from inspector import Inspector
from jobtalk_server import JobtalkServer
from partner_place import Partner, Place
from visitor import Visitor

NAME = "Steadfast"
# More than a minute of this test takes, until it uses them up on purpose.
REQUESTS = 200


@pytest.fixture
def strict(new_server: Callable[..., JobtalkServer]) -> JobtalkServer:
    """A server that answers each user so many requests a minute."""
    return new_server(JOBTALK_RATE_LIMIT=str(REQUESTS))


def use_up_the_requests(server: JobtalkServer) -> None:
    """None is left for the next twenty seconds."""
    while True:
        answer = server.administrator.get("/api/settings")
        if answer.status_code == 429 and int(answer.headers["Retry-After"]) >= 20:
            return


def change_limit(visitor: Visitor) -> None:
    visitor.press_button(f"Change the limit of {NAME}, now 20")
    visitor.field("Calls at the same time").fill("35")
    visitor.press_button("Change limit")


def change_pause(visitor: Visitor) -> None:
    visitor.page.get_by_role("switch", name=f"Pause non-priority campaigns of {NAME}").click()


def see_it_unchanged(visitor: Visitor, partner: Partner) -> None:
    """On the page and in its database."""
    expect(visitor.page.get_by_role("button", name=f"Change the limit of {NAME}, now 20")).to_be_visible()
    expect(visitor.page.get_by_role("switch", name=f"Pause non-priority campaigns of {NAME}")).not_to_be_checked()
    assert partner.setting("callConcurrency") == "20"
    assert partner.setting("pauseNonPriorityCampaigns") == "false"


def test_an_edit_is_taken_back_and_the_reason_told(
    strict: JobtalkServer, place: Place, enter: Callable[..., Visitor]
) -> None:
    partner = place.partner(NAME)
    partner.add_to(strict.administrator)
    visitor = enter(strict.administrator)
    inspector = Inspector(visitor)
    expect(visitor.page.get_by_role("status", name="Connection: Live")).to_be_visible()
    see_it_unchanged(visitor, partner)

    visitor.expect_status(429)
    use_up_the_requests(strict)
    refusal = f"More than {REQUESTS} requests in a minute"
    change_limit(visitor)
    expect(visitor.page.get_by_text(f"The limit of {NAME} stays 20: {refusal}")).to_be_visible()
    change_pause(visitor)
    expect(visitor.page.get_by_text(f"Nothing was changed for {NAME}: {refusal}")).to_be_visible()
    see_it_unchanged(visitor, partner)

    visitor.expect_unreachable()
    strict.stop()
    # No answer is no refusal: it might have been done.
    unknown = "It is not known whether the {} was changed{}: The server cannot be reached"
    change_limit(visitor)
    expect(visitor.page.get_by_text(unknown.format(f"limit of {NAME}", " to 35"))).to_be_visible()
    change_pause(visitor)
    expect(visitor.page.get_by_text(unknown.format(f"pause of {NAME}", ""))).to_be_visible()
    see_it_unchanged(visitor, partner)
    expect(visitor.page.get_by_text("Offline for")).to_be_visible(timeout=30_000)
    inspector.look("offline")
    inspector.assert_sound()
