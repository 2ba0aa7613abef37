"""The panel of filters and the free line: by mouse, by keyboard and by the address; back and forward work."""

import pytest

from leitmotiv.workflows.selecting import select
from tests.pages.conftest import until

pytestmark = pytest.mark.browser

SHOWN = "[...document.querySelectorAll('.tile')].map((tile) => tile.dataset.id)"
READY = "document.querySelector('#grid').getAttribute('role') === 'grid'"


def test_a_value_of_the_panel_narrows_a_chip_widens_and_back_goes_back(site, open_page):
    page = open_page(site.url + "/?sort=name")
    until(page, READY)
    page.locator("summary", has_text="Filter").click()
    portrait = page.locator(".facets a", has_text="portrait")
    portrait.wait_for()
    assert portrait.locator(".number").inner_text() == "20"
    portrait.click()
    page.wait_for_url("**/?sort=name&q=orientation%3Aportrait")
    until(page, READY)
    assert page.evaluate(SHOWN) == list(select(site.session, "orientation:portrait", sort="name"))
    page.locator(".chip", has_text="portrait").click()
    page.wait_for_url("**/?sort=name")
    page.go_back()
    page.wait_for_url("**/?sort=name&q=orientation%3Aportrait")
    assert "20 of 60" in page.locator(".toolbar .note").inner_text()


def test_the_line_completes_names_and_values_by_the_keyboard(site, open_page):
    page = open_page(site.url + "/")
    until(page, READY)
    page.keyboard.press("e")
    line = page.get_by_role("combobox")
    until(page, "document.activeElement.id === 'line'")
    page.wait_for_selector(".facets section")
    line.press_sequentially("or")
    page.get_by_role("option", name="orientation:").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    assert line.input_value() == "orientation:"
    line.press_sequentially("squ")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    assert line.input_value() == "orientation:square "
    line.press_sequentially("-year:2024")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**/?q=orientation*")
    until(page, READY)
    shown = page.evaluate(SHOWN)
    assert shown
    assert shown == list(select(site.session, "orientation:square -year:2024"))[: len(shown)]
    assert page.locator(".chip.less").inner_text().strip().endswith("2024")


def test_orders_come_with_their_headings(site, open_page):
    page = open_page(site.url + "/")
    page.locator("summary", has_text="Newest").click()
    page.get_by_role("link", name="Trend", exact=True).click()
    page.wait_for_url("**/?sort=cluster")
    until(page, READY)
    assert page.evaluate(SHOWN)[:3] == list(select(site.session, "", sort="cluster")[:3])
    assert page.locator(".band h2").first.inner_text()
    assert page.get_by_role("slider").is_visible()


def test_what_cannot_be_read_is_said_beside_the_line(site, open_page):
    page = open_page("about:blank")
    page.route(
        "**/?q=beach", lambda route: route.fulfill(status=200, body=route.fetch().text(), content_type="text/html")
    )
    page.goto(site.url + "/?q=beach")
    assert "'beach' is no filter" in page.get_by_role("alert").inner_text()
    page.wait_for_selector(".facets section")
    assert page.get_by_role("combobox").input_value() == "beach"
