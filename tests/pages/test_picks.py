"""Picking: by the corner, by Ctrl and Shift, by keys and by a rubber band; the bar, ratings, keeping."""

import pytest

from leitmotiv.workflows import own
from tests.pages.conftest import until

pytestmark = pytest.mark.browser

PICKED = "[...document.querySelectorAll('.tile.picked')].map((tile) => tile.dataset.id)"
READY = "document.querySelector('#grid').getAttribute('role') === 'grid'"


@pytest.fixture
def page(site, open_page):
    page = open_page(site.url + "/")
    until(page, READY)
    return page


def tile(page, site, number):
    return page.locator(f'.tile[data-id="{site.ids[number]}"]')


def test_ctrl_click_picks_shift_click_picks_a_stretch_and_a_click_opens(site, page):
    tile(page, site, 1).click(modifiers=["Control"])
    tile(page, site, 4).click(modifiers=["Shift"])
    assert page.evaluate(PICKED) == site.ids[1:5]
    assert page.locator(".selection b").inner_text() == "4 picked"
    assert tile(page, site, 2).locator("..").get_attribute("aria-selected") == "true"
    tile(page, site, 2).click(modifiers=["Control"])
    assert page.evaluate(PICKED) == [site.ids[1], *site.ids[3:5]]
    tile(page, site, 0).click()
    page.wait_for_url(f"**/images/{site.ids[0]}")
    page.go_back()
    until(page, READY)
    assert page.evaluate(PICKED) == [site.ids[1], *site.ids[3:5]]
    page.keyboard.press("Escape")
    assert page.evaluate(PICKED) == []
    assert not page.locator(".selection").is_visible()


def test_the_corner_picks_by_the_mouse(site, page):
    box = tile(page, site, 3).bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 60)
    page.locator(".corner").click()
    assert page.evaluate(PICKED) == [site.ids[3]]


def test_keys_pick_all_and_one(site, page):
    page.keyboard.press("Control+a")
    assert page.locator(".selection b").inner_text() == "60 picked"
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    assert page.locator(".selection b").inner_text() == "59 picked"


def test_a_rubber_band_picks_what_it_touches(site, page):
    first, third = tile(page, site, 0).bounding_box(), tile(page, site, 2).bounding_box()
    page.mouse.move(first["x"] - 12, first["y"] + 10)
    page.mouse.down()
    page.mouse.move(third["x"] + 20, third["y"] + 60, steps=5)
    page.mouse.up()
    assert page.evaluate(PICKED) == site.ids[:3]
    page.mouse.click(first["x"] - 12, first["y"] + 10)
    assert page.evaluate(PICKED) == []


def test_stars_and_hearts_are_given_shown_and_taken_back(site, page):
    page.keyboard.press("ArrowRight")
    page.keyboard.press("4")
    rated = tile(page, site, 0).locator(".rated")
    rated.wait_for()
    assert rated.get_attribute("aria-label") == "4 stars"
    page.keyboard.press("f")
    until(page, "document.querySelector('.rated')?.getAttribute('aria-label') === 'favourite, 4 stars'")
    found = own.ratings(site.session, [site.ids[0]])[site.ids[0]]
    assert (found.stars, found.favourite) == (4, True)
    page.keyboard.press("Control+z")
    page.locator(".toast", has_text="Undone").wait_for()
    page.keyboard.press("Control+z")
    until(page, "!document.querySelector('.rated')")
    assert own.ratings(site.session, [site.ids[0]])[site.ids[0]].stars == 0


def test_what_is_picked_can_be_kept_and_shown_alone(site, page):
    tile(page, site, 1).click(modifiers=["Control"])
    tile(page, site, 2).click(modifiers=["Control"])
    page.get_by_role("button", name="Keep").click()
    page.get_by_role("textbox", name="Name").fill("Two of them")
    page.keyboard.press("Enter")
    page.locator(".toast", has_text="Kept as Two of them").wait_for()
    kept = site.session.library.selections.get("Two of them")
    assert set(kept.ids) == set(site.ids[1:3])
    page.get_by_role("button", name="Only these").click()
    page.wait_for_url("**/?q=id*")
    until(page, READY)
    shown = page.evaluate("[...document.querySelectorAll('.tile')].map((tile) => tile.dataset.id)")
    assert shown == site.ids[1:3]
    own.remove_selection(site.session, kept.id)


def test_a_long_press_picks_on_a_touch_screen_and_taps_go_on(site, open_page):
    page = open_page(site.url + "/", width=390, height=844, has_touch=True)
    until(page, READY)
    tile(page, site, 0).dispatch_event("pointerdown", {"pointerType": "touch", "bubbles": True})
    tile(page, site, 0).dispatch_event("contextmenu")
    tile(page, site, 1).tap()
    assert page.evaluate(PICKED) == site.ids[:2]
    assert page.url == site.url + "/"
