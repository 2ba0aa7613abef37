"""Trends changed by hand, over time, compared; chains, diverse subsets and the slideshow, in a real browser."""

from urllib.parse import quote

import pytest

from leitmotiv.workflows import trends
from tests.pages.conftest import until

pytestmark = pytest.mark.browser

TRENDS = "document.querySelectorAll('.trend').length"


@pytest.fixture
def site(site):
    yield site
    while site.session.library.changes.undo():
        pass


def test_f2_names_a_trend_and_escape_leaves_it_as_it_was(site, open_page):
    page = open_page(site.url + "/clusters?count=6")
    before = page.locator(".trend h2").first.inner_text()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("F2")
    page.keyboard.type("The red ones")
    page.keyboard.press("Escape")
    assert page.locator(".trend h2").first.inner_text() == before
    page.keyboard.press("F2")
    page.keyboard.type("The red ones")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.trend h2').innerText === 'The red ones'")
    page.reload()
    assert page.locator(".trend h2").first.inner_text() == "The red ones"
    page.keyboard.press("Control+z")
    until(page, f"document.querySelector('.trend h2').innerText === {before!r}")


def test_the_pencil_names_a_trend_with_the_mouse(site, open_page):
    page = open_page(site.url + "/clusters?count=6")
    article = page.locator(".trend").nth(1)
    article.hover()
    article.get_by_title("Name it (F2)").click()
    page.keyboard.type("Meadow")
    page.locator(".toolbar h1").click()
    until(page, "[...document.querySelectorAll('.trend h2')].some((one) => one.innerText === 'Meadow')")
    assert page.locator(".toast").inner_text().startswith("Called “Meadow”")


def test_picked_trends_are_joined_and_taken_apart_by_keys_and_undone(site, open_page):
    page = open_page(site.url + "/clusters?count=6")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("x")
    assert page.locator("[data-picked-count]").inner_text() == "2 trends"
    page.keyboard.press("m")
    until(page, f"{TRENDS} === 5")
    assert "5 after what you changed by hand" in page.locator(".by-hand").inner_text()
    page.locator(".toast button").click()
    until(page, f"{TRENDS} === 6")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("s")
    until(page, f"{TRENDS} === 7")
    assert page.locator(".edits li").count() == 1
    page.locator("[data-dismiss]").click()
    until(page, f"{TRENDS} === 6")


def test_back_undoes_one_move_of_the_slider(site, open_page):
    page = open_page(site.url + "/clusters?count=2")
    slider = page.get_by_role("slider", name="fewer or more groups")
    slider.focus()
    slider.press("ArrowRight")
    slider.press("ArrowRight")
    until(page, f"{TRENDS} === 4")
    page.wait_for_timeout(800)
    slider.press("ArrowRight")
    until(page, f"{TRENDS} === 5")
    page.go_back()
    until(page, f"{TRENDS} === 4")
    page.go_back()
    until(page, f"{TRENDS} === 2")
    assert page.locator("[data-count]").inner_text() == "2"
    page.go_forward()
    until(page, f"{TRENDS} === 4")


def test_picked_pictures_become_a_trend_of_their_own_and_move(site, open_page):
    group, other = trends.cut(site.session, 6)[:2]
    page = open_page(f"{site.url}/clusters/{group.id}?count=6")
    tiles = page.locator(".nears .tile")
    tiles.nth(1).click(modifiers=["Control"])
    tiles.nth(2).click(modifiers=["Control"])
    with page.expect_navigation():
        page.keyboard.press("n")
    until(page, f"document.querySelectorAll('.nears .tile').length === {group.size - 2}")
    assert sorted(group.members[1:3]) in [sorted(one.members) for one in trends.cut(site.session, 6)]
    page.locator(".nears .tile").nth(1).click(modifiers=["Control"])
    with page.expect_navigation():
        page.locator("[data-move]").select_option(str(other.id))
    until(page, f"document.querySelectorAll('.nears .tile').length === {group.size - 3}")
    assert trends.group(site.session, other.id, 6).size == other.size + 1


def test_a_trend_of_two_pictures_has_no_empty_place(site, open_page):
    counts = range(6, 40)
    count = next(one for one in counts if any(group.size == 2 for group in trends.cut(site.session, one)))
    page = open_page(f"{site.url}/clusters?count={count}")
    small = page.locator(".set.n2").first
    box, last = small.bounding_box(), small.locator("img").last.bounding_box()
    assert small.locator("img").count() == 3
    assert last["x"] + last["width"] == pytest.approx(box["x"] + box["width"], abs=2)
    assert last["y"] + last["height"] == pytest.approx(box["y"] + box["height"], abs=2)


def test_the_stream_and_its_table_say_the_same(site, open_page):
    page = open_page(site.url + "/clusters/time?by=month&of=count")
    assert page.locator(".stream a").count() >= 2
    page.get_by_text("The same as a table").click()
    total = int(page.locator(".twin tbody tr").last.locator("td").nth(-2).inner_text())
    assert total == len(site.ids)
    page.keyboard.press("y")
    page.wait_for_url("**by=year**")
    page.keyboard.press("s")
    page.wait_for_url("**of=share**")


def test_two_selections_are_chosen_swapped_and_compared(site, open_page):
    page = open_page(site.url + "/compare")
    page.get_by_label("First").fill("year:2024")
    page.get_by_label("Second").fill("year:2023")
    page.get_by_role("button", name="Compare").click()
    page.wait_for_url("**a=year**")
    assert page.locator(".versus tbody tr").count() >= 3
    page.get_by_title("Swap the two").click()
    until(page, "new URL(location).searchParams.get('a') === 'year:2023'")


def test_two_picked_pictures_have_a_chain_between_them(site, open_page):
    page = open_page(site.url + "/chain?q=" + quote(f"id:{site.ids[0]},{site.ids[1]}"))
    page.wait_for_url("**/chain/*/*")
    page.keyboard.press("[")
    page.wait_for_url("**n=6")
    assert page.locator(".chain .step").count() <= 6
    assert {site.ids[0], site.ids[1]} == {
        page.locator(".chain .tile").first.get_attribute("data-id"),
        page.locator(".chain .tile").last.get_attribute("data-id"),
    }


def test_a_diverse_few_can_all_be_picked(site, open_page):
    page = open_page(site.url + "/diverse?n=5")
    page.get_by_role("button", name="Pick them").click()
    assert page.locator(".selection b").inner_text() == "5 picked"


def test_the_slideshow_turns_by_keys_and_waits_where_less_motion_is_asked_for(site, open_page):
    page = open_page(site.url + "/slideshow?seconds=1")
    assert page.locator("[data-play]").get_attribute("aria-pressed") == "false"
    page.keyboard.press("ArrowRight")
    until(page, "document.querySelector('[data-place]').innerText === '2'")
    page.keyboard.press("ArrowLeft")
    until(page, "document.querySelector('[data-place]').innerText === '1'")
    page.keyboard.press("End")
    until(page, f"document.querySelector('[data-place]').innerText === '{len(site.ids)}'")
    page.keyboard.press("Space")
    until(page, "document.querySelector('[data-place]').innerText === '2'")
    page.keyboard.press("Space")
    assert page.locator("[data-play]").get_attribute("aria-pressed") == "false"
    page.keyboard.press("Enter")
    page.wait_for_url("**/images/*")


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_no_page_is_wider_than_its_screen(site, open_page, width, scheme):
    chain = f"/chain/{site.ids[0]}/{site.ids[1]}"
    paths = ("/clusters?count=6", "/clusters/time", "/compare?a=year:2024&b=year:2023", chain, "/diverse?n=5")
    page = open_page(site.url + "/slideshow", width=width, scheme=scheme)
    for path in paths:
        page.goto(site.url + path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, path
