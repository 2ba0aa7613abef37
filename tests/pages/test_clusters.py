"""Trends: the slider goes from fewer to more at once, the address says where, no script is needed."""

import pytest

from leitmotiv.workflows import browse
from tests.pages.conftest import until

pytestmark = pytest.mark.browser

SETS = "[...document.querySelectorAll('.trend .set')].map((one) => one.getAttribute('href'))"


def test_the_slider_changes_the_groups_and_the_address(site, open_page):
    page = open_page(site.url + "/clusters?count=2")
    assert page.locator(".trend").count() == 2
    before = page.evaluate(SETS)
    slider = page.get_by_role("slider", name="fewer or more groups")
    slider.focus()
    slider.press("ArrowRight")
    until(page, "new URL(location).searchParams.get('count') === '3'")
    until(page, "document.querySelectorAll('.trend').length === 3")
    assert page.evaluate(SETS) != before
    assert page.locator("[data-count]").inner_text() == "3"
    page.keyboard.press("]")
    until(page, "document.querySelectorAll('.trend').length === 4")
    page.keyboard.press("[")
    until(page, "document.querySelectorAll('.trend').length === 3")
    page.reload()
    assert page.locator(".trend").count() == 3


def test_dragging_to_the_end_shows_every_allowed_count(site, open_page):
    counts = browse.clusters(site.session).counts
    page = open_page(site.url + "/clusters")
    slider = page.get_by_role("slider", name="fewer or more groups")
    box = slider.bounding_box()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 40, box["y"] + box["height"] / 2, steps=5)
    page.mouse.up()
    until(page, f"new URL(location).searchParams.get('count') === '{counts[-1]}'")
    assert page.locator("[data-count]").inner_text() == str(counts[-1])
    expected = sum(group.size > 1 for group in browse.clusters(site.session, counts[-1]).clusters)
    until(page, f"document.querySelectorAll('.trend').length === {expected}")


def test_without_script_the_slider_is_a_form(site, open_page):
    page = open_page(site.url + "/clusters?count=2", java_script_enabled=False)
    page.get_by_role("slider", name="fewer or more groups").fill("4")
    page.get_by_role("button", name="Show").first.click()
    page.wait_for_url("**/clusters?count=4")
    assert page.locator(".trend").count() == 4


def test_average_pictures_arrive_and_a_trend_opens(site, open_page):
    page = open_page(site.url + "/clusters?count=4")
    page.evaluate("document.querySelectorAll('.trend img').forEach((one) => { one.loading = 'eager'; })")
    until(page, "[...document.querySelectorAll('.trend img')].every((one) => one.naturalWidth > 0)")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clusters/*?count=4")
    group = browse.clusters(site.session, 4).clusters[0]
    assert page.locator(".near").count() == group.size
    page.keyboard.press("Escape")
    page.wait_for_url("**/clusters?count=4")


def test_pictures_of_one_trend_share_a_look(site, open_page):
    page = open_page(site.url + "/clusters?count=6")
    for address in page.evaluate(SETS):
        page.goto(site.url + address)
        looks = {
            int(one[1:4]) % 6
            for one in page.evaluate("[...document.querySelectorAll('.near .tile')].map((t) => t.title)")
        }
        assert len(looks) == 1
