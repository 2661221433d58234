"""What operators do with a partner whose database is a real MariaDB behind a real sshd."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from jobtalk_server import Console, JobtalkServer
from partner_form import fill, open_form, see_every_stage
from partner_place import Place
from visitor import Visitor


def test_a_partner_is_added_tested_and_read(
    office: JobtalkServer, place: Place, visit: Callable[..., Visitor]
) -> None:
    partner = place.partner("Add Me")
    operator = visit(office.url)
    operator.open("/")
    operator.sign_in()
    open_form(operator)
    fill(operator, partner.fields)
    operator.press_button("Test connection")
    see_every_stage(operator)
    operator.press_button("Close")
    operator.press_button("Add partner")

    operator.has_title("Add Me")
    expect(operator.number("Active calls")).to_contain_text("7")
    expect(operator.number("Queued calls")).to_contain_text("3")
    expect(operator.number("Utilization")).to_contain_text("35.0 %")
    expect(operator.number("Completed today")).to_contain_text("125")
    expect(operator.number("Completed today")).to_contain_text("45 voicemail · 80 customer")
    expect(operator.number("Remaining calls")).to_contain_text("537")
    expect(operator.number("Running campaigns")).to_contain_text("42 created today")
    # The partner's own limit, not the form's.
    expect(operator.number("Limit")).to_contain_text("20")
    expect(operator.page.get_by_text("No entries")).to_be_visible()

    operator.press_button("Test connection")
    see_every_stage(operator)
    operator.press_button("Close")
    expect(operator.row("").filter(has_text="test").filter(has_text="Success")).to_be_visible()


def test_a_form_with_mistakes_says_them_beside_the_fields(operator: Visitor, place: Place, console: Console) -> None:
    place.partner("Taken").add_to(console)
    operator.expect_status(400, 422)
    open_form(operator)
    operator.field("Name").fill("taken")
    operator.field("Port").fill("70000")
    operator.press_button("Add partner")
    expect(operator.field("Port")).to_have_accessible_description("Port must be between 1 and 65535")
    for label in ("Database name", "Host", "User", "Database password"):
        expect(operator.field(label)).to_have_attribute("aria-invalid", "true")
    for label, value in {"Port": "3306", "Database name": "x", "Host": "127.0.0.1", "User": "x",
                         "Database password": "x"}.items():
        operator.field(label).fill(value)
    operator.press_button("Add partner")
    expect(operator.field("Name")).to_have_accessible_description("Partner name already exists")
    operator.field("Name").fill("Not taken")
    operator.page.get_by_role("link", name="Cancel").click()
    operator.press_button("Discard changes")
    operator.has_title("Overview")


def test_numbers_follow_the_partners_rows(operator: Visitor, place: Place, console: Console) -> None:
    partner = place.partner("Moving")
    partner.add_to(console)
    expect(operator.cell("Moving", "Active")).to_have_text("7")
    expect(operator.cell("Moving", "Queued")).to_have_text("3")
    partner.run("UPDATE calls SET status = 'INPROGRESS' WHERE status = 'QUEUED' LIMIT 2")
    # Nobody asks for it: it arrives.
    expect(operator.cell("Moving", "Active")).to_have_text("9")
    expect(operator.cell("Moving", "Queued")).to_have_text("1")
    expect(operator.cell("Moving", "Utilization")).to_contain_text("45.0 %")


def test_a_limit_reaches_the_partner_with_its_reason(operator: Visitor, place: Place, console: Console) -> None:
    partner = place.partner("Limited")
    partner.add_to(console)
    operator.press_button("Change the limit of Limited, now 20")
    expect(operator.field("Calls at the same time")).to_be_focused()
    operator.field("Calls at the same time").fill("35")
    operator.field("Reason (optional)").fill("More agents from Monday on")
    operator.press_button("Change limit")
    expect(operator.page.get_by_text("Limit of Limited is now 35")).to_be_visible()
    expect(operator.page.get_by_role("button", name="Change the limit of Limited, now 35")).to_be_visible()
    assert partner.setting("callConcurrency") == "35"
    assert partner.run("SELECT userid, oldvalue, newvalue FROM settings_auditlogs") == [["9999999999", "20", "35"]]

    operator.page.get_by_role("link", name="Details of Limited").click()
    change = operator.row("Limit 20 → 35")
    expect(change).to_contain_text("More agents from Monday on")
    expect(change).to_contain_text("by admin")
    expect(change).to_contain_text("Arrived")


def test_a_pause_reaches_the_partner(operator: Visitor, place: Place, console: Console) -> None:
    partner = place.partner("Paused")
    partner.add_to(console)
    pause = operator.page.get_by_role("switch", name="Pause non-priority campaigns of Paused")
    pause.click()
    expect(operator.page.get_by_text("Non-priority campaigns of Paused are paused")).to_be_visible()
    expect(pause).to_be_checked()
    assert partner.setting("pauseNonPriorityCampaigns") == "true"

    operator.page.get_by_role("link", name="Details of Paused").click()
    expect(operator.row("Non-priority paused")).to_contain_text("Arrived")
    expect(operator.page.get_by_text("Only priority campaigns dial")).to_be_visible()
    operator.page.get_by_role("switch", name="Pause non-priority campaigns").click()
    expect(operator.row("Non-priority resumed")).to_contain_text("Arrived")
    assert partner.setting("pauseNonPriorityCampaigns") == "false"


def test_what_the_partner_changes_itself_is_shown(operator: Visitor, place: Place, console: Console) -> None:
    partner = place.partner("Own Master")
    partner.add_to(console)
    partner.run("UPDATE settings SET value = '12' WHERE name = 'callConcurrency'")
    expect(operator.page.get_by_role("button", name="Change the limit of Own Master, now 12")).to_be_visible()
    operator.page.get_by_role("link", name="Details of Own Master").click()
    expect(operator.row("Limit 20 → 12")).to_contain_text("by the partner itself")


def test_a_partner_is_deleted_by_typing_its_name(operator: Visitor, place: Place, console: Console) -> None:
    partner = place.partner("Gone Soon").add_to(console)
    operator.page.get_by_role("link", name="Details of Gone Soon").click()
    operator.press_button("Delete")
    sure = operator.page.get_by_role("button", name="Delete for good")
    expect(sure).to_be_disabled()
    operator.field("Type “Gone Soon” to go on").fill("Gone Soon")
    sure.click()
    operator.has_title("Overview")
    expect(operator.row("Gone Soon")).to_have_count(0)
    assert console.get(f"/api/partners/{partner}").status_code == 404
