"""The two viewers of the API's document, as they come out of the binary: no network, and the strict policy in force."""

from __future__ import annotations

from collections.abc import Callable

from jobtalk_server import Console, JobtalkServer
from playwright.sync_api import expect
from visitor import Visitor


def test_swagger_ui_lets_one_authorize_and_try_out(
    visit: Callable[..., Visitor], server: JobtalkServer, admin: Console
) -> None:
    visitor = visit(server.url)
    page = visitor.page
    visitor.open("/docs")
    expect(page.get_by_role("heading", name="JobTalk Admin")).to_be_visible()

    page.get_by_role("button", name="Authorize").first.click()
    page.get_by_role("textbox").fill(admin.token)
    page.get_by_label("Apply credentials").click()
    page.get_by_role("button", name="Close").last.click()

    operation = page.locator("#operations-Settings-getSettings")
    operation.locator(".opblock-summary-control").click()
    operation.get_by_role("button", name="Try it out").click()
    operation.get_by_role("button", name="Execute").click()
    answer = operation.locator(".live-responses-table tbody")
    expect(answer.locator(".response-col_status").first).to_have_text("200")
    expect(answer).to_contain_text('"refreshInterval": 120')


def test_redoc_shows_every_operation(
    visit: Callable[..., Visitor], server: JobtalkServer, admin: Console
) -> None:
    visitor = visit(server.url)
    # ReDoc asks for its maker's logo.
    visitor.expect_refusal("https://cdn.redoc.ly/")
    visitor.open("/redoc")
    expect(visitor.page.get_by_role("heading", name="JobTalk Admin", exact=False).first).to_be_visible()
    paths = admin.read("/openapi.json")["paths"]
    operations = [operation for item in paths.values() for operation in item.values() if "operationId" in operation]
    for operation in operations:
        place = visitor.page.locator(f'[id$="operation/{operation["operationId"]}"]')
        assert place.count() > 0, operation["operationId"]
