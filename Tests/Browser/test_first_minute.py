"""The first minute explains itself: what somebody sees and can do who knows nothing yet."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import expect

from jobtalk_server import Console, JobtalkServer
from visitor import Visitor


def test_the_demo_says_what_it_is_and_what_to_try(demo: JobtalkServer, visit: Callable[..., Visitor]) -> None:
    # With what the program printed, and nothing else.
    printed = re.search(r"is serving (?P<url>\S+)[\s\S]*?Sign in +(?P<username>\S+) / (?P<password>\S+)", demo.log)
    assert printed, demo.log
    visitor = visit(printed["url"])
    visitor.open("/")
    visitor.sign_in(printed["username"], printed["password"])
    note = visitor.page.get_by_role("complementary", name="About this demo")
    expect(note).to_contain_text("This is a demo. The partners are pretend; their numbers move as real ones would.")
    expect(note).to_contain_text(
        re.compile("Try it: see why .+ is in trouble; click a limit .*to change it, or pause a partner"))

    partners = demo.administrator.read("/api/partners")
    name = next(partner["partnerName"] for partner in partners if partner["dbType"] == "sqlite" and partner["isActive"])
    visitor.field("Search partners by name or tenant").fill(name)
    visitor.page.get_by_role("button", name=f"Change the limit of {name}, now").click()
    visitor.field("Calls at the same time").fill("33")
    visitor.press_button("Change limit")
    expect(visitor.page.get_by_text(f"Limit of {name} is now 33")).to_be_visible()
    pause = visitor.page.get_by_role("switch", name=f"Pause non-priority campaigns of {name}")
    was_paused = pause.get_attribute("aria-checked") == "true"
    pause.click()
    expect(visitor.page.get_by_text(
        f"Non-priority campaigns of {name} {'run again' if was_paused else 'are paused'}")).to_be_visible()
    troubled = note.get_by_role("link").first
    name = troubled.inner_text()
    troubled.click()
    visitor.has_title(name)
    expect(visitor.page.get_by_role("heading", name=re.compile("What holds it back|Why is it not dialling"))).to_be_visible()
    note.get_by_role("link", name="what the marks and the numbers mean").click()
    visitor.has_title("Help")
    expect(visitor.page.get_by_role("heading", name="What the marks mean")).to_be_visible()

    # Read once, it does not come back.
    visitor.press_button("Close this note")
    visitor.page.reload()
    visitor.has_title("Help")
    expect(note).to_have_count(0)


def test_an_empty_server_leads_to_the_first_partner(admin: Console, enter: Callable[..., Visitor]) -> None:
    visitor = enter(admin)
    main = visitor.page.get_by_role("main")
    expect(main).to_contain_text("No partners yet")
    expect(main).to_contain_text("Add the first one: its database, and if need be the SSH host in front of it.")
    expect(visitor.page.get_by_text("This is a demo")).to_have_count(0)
    # One in the head of the page, and one where its partners would be.
    links = main.get_by_role("link", name="Add partner")
    expect(links).to_have_count(2)
    links.last.click()
    visitor.has_title("Add partner")


def test_whoever_is_lost_finds_back(admin: Console, enter: Callable[..., Visitor]) -> None:
    visitor = enter(admin)
    visitor.expect_status(404)
    for path, words in {"/no/such/page": "There is no such page", "/partners/gone": "There is no such partner"}.items():
        visitor.open(path)
        expect(visitor.page.get_by_role("main")).to_contain_text(words)
        visitor.page.get_by_role("link", name="To the overview").click()
        visitor.has_title("Overview")


def test_an_address_that_names_nothing_known_shows_the_usual(admin: Console, enter: Callable[..., Visitor]) -> None:
    visitor = enter(admin)
    # `constructor` is the name of something that every object of JavaScript has.
    for path, title in {"/?show=constructor&sort=nothing": "Overview", "/statistics?period=constructor": "Statistics"}.items():
        visitor.open(path)
        visitor.has_title(title)
    expect(visitor.page.get_by_role("main")).to_contain_text("Nothing in this period")
