"""A picture over the page that lists it: opening, walking, leaving, zoom, rating, why; by mouse, key and touch."""

import re

import numpy as np
import pytest
from PIL import Image

from leitmotiv.records import Rating
from leitmotiv.workflows import browse, own
from leitmotiv.workflows.ingest import add_directories
from tests.pages.conftest import until

pytestmark = pytest.mark.browser
OPEN = "document.querySelector('dialog.lightbox[open] [data-viewer]')"
READY = "document.querySelector('#grid[role=grid] a.tile[tabindex=\"0\"]')"
SHOWN = f"{OPEN}?.dataset.id"


def opened(site, open_page, at=4, path="/", **options):
    """A page with the lightbox over it, opened with a click on a tile."""
    page = open_page(f"{site.url}{path}", **options)
    page.locator(f'main a.tile[data-id="{site.ids[at]}"]').first.click()
    until(page, f"{SHOWN} === '{site.ids[at]}'")
    return page


def focused(page):
    return page.evaluate("document.activeElement?.dataset?.id ?? ''")


def box(page, selector=".lightbox .over img.whole"):
    return page.locator(selector).bounding_box()


def test_a_click_opens_a_picture_over_its_page_and_escape_returns_to_the_tile(site, open_page):
    page = opened(site, open_page)
    assert page.url == f"{site.url}/images/{site.ids[4]}"
    assert page.locator(".lightbox [data-counter]").inner_text().endswith(f"5 of {len(site.ids)}")
    page.keyboard.press("Escape")
    until(page, f"!{OPEN} && location.pathname === '/'")
    assert focused(page) == site.ids[4]


def test_by_keyboard_alone_one_walks_on_and_comes_back_to_the_picture_seen_last(site, open_page):
    page = open_page(f"{site.url}/")
    until(page, READY)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    until(page, f"{SHOWN} === '{site.ids[1]}'")
    for number in (2, 3):
        page.keyboard.press("ArrowRight")
        until(page, f"{SHOWN} === '{site.ids[number]}'")
    assert page.url.endswith(site.ids[3])
    page.keyboard.press("Home")
    until(page, f"{SHOWN} === '{site.ids[0]}'")
    page.keyboard.press("End")
    until(page, f"{SHOWN} === '{site.ids[-1]}'")
    page.keyboard.press("ArrowRight")  # nothing follows
    page.keyboard.press("Escape")
    until(page, f"!{OPEN} && location.pathname === '/'")
    until(page, f"document.activeElement.dataset.id === '{site.ids[-1]}'")


def test_back_closes_forward_opens_and_a_reload_shows_the_same_picture(site, open_page):
    page = opened(site, open_page, at=7)
    page.keyboard.press("ArrowLeft")
    until(page, f"{SHOWN} === '{site.ids[6]}'")
    page.go_back()
    until(page, f"!{OPEN} && location.pathname === '/'")
    page.go_forward()
    until(page, f"{SHOWN} === '{site.ids[6]}'")
    page.reload()
    assert page.locator("main [data-viewer]").get_attribute("data-id") == site.ids[6]
    page.go_back()
    page.wait_for_url(f"{site.url}/")


def test_the_scroll_place_stays_while_a_picture_is_open(site, open_page):
    page = open_page(f"{site.url}/", width=700, height=420)
    page.mouse.wheel(0, 900)
    until(page, "scrollY > 200")
    page.wait_for_timeout(300)
    tile = page.evaluate(
        "[...document.querySelectorAll('#grid a.tile')].find((one) => {"
        " const box = one.getBoundingClientRect(); return box.top > 80 && box.bottom < innerHeight - 90; }).dataset.id"
    )
    before = page.evaluate("scrollY")
    page.locator(f'a.tile[data-id="{tile}"]').click()
    until(page, f"{SHOWN} === '{tile}'")
    page.keyboard.press("Escape")
    until(page, f"!{OPEN}")
    assert page.evaluate("scrollY") == before
    assert focused(page) == tile


def test_a_ranking_and_a_trend_keep_their_own_neighbours_also_after_a_reload(site, open_page):
    page = open_page(f"{site.url}/ranked/{site.ids[0]}")
    order = page.evaluate("[...document.querySelectorAll('.nears .tile')].map((one) => one.dataset.id)")
    page.locator(".nears .tile").nth(1).click()
    until(page, f"{SHOWN} === '{order[1]}'")
    assert page.url.endswith(f"{order[1]}?like={site.ids[0]}")
    page.keyboard.press("ArrowRight")
    until(page, f"{SHOWN} === '{order[2]}'")
    page.reload()
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/images/{order[3]}?like={site.ids[0]}")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/ranked/{site.ids[0]}")


def test_a_filter_travels_with_the_picture(site, open_page):
    page = open_page(f"{site.url}/?q=orientation:portrait&sort=taken")
    until(page, "document.querySelector('#grid[role=grid] a.tile')")
    order = page.evaluate("[...document.querySelectorAll('#grid a.tile')].map((one) => one.dataset.id)")
    page.locator("#grid a.tile").nth(2).click()
    until(page, f"{SHOWN} === '{order[2]}'")
    assert re.search(r"\?q=orientation(:|%3A)portrait&sort=taken$", page.url)
    page.keyboard.press("l")
    until(page, f"{SHOWN} === '{order[3]}'")
    assert "of 20" in page.locator(".lightbox [data-counter]").inner_text()


def test_ctrl_click_is_left_to_the_page(site, open_page):
    page = open_page(f"{site.url}/")
    page.locator("a.tile").nth(2).click(modifiers=["Control"])
    page.wait_for_timeout(200)
    assert page.url == f"{site.url}/"
    assert not page.evaluate(OPEN)


def test_the_focus_stays_inside_and_tells_where_it_is(site, open_page):
    page = opened(site, open_page)
    for _ in range(40):
        page.keyboard.press("Tab")
        inside = page.evaluate(
            "document.activeElement === document.body || Boolean(document.activeElement.closest('dialog'))"
        )
        assert inside
    page.locator('.lightbox [data-do="in"]').focus()
    page.keyboard.press("l")
    until(page, f"{SHOWN} === '{site.ids[5]}'")
    assert page.evaluate("document.activeElement.dataset.do") == "in"


def test_what_is_under_the_pointer_stays_under_it(site, open_page):
    page = opened(site, open_page)
    start = box(page)
    x, y = (round(start[axis] + at * start[side]) for axis, at, side in (("x", 0.7, "width"), ("y", 0.3, "height")))
    before = (x - start["x"]) / start["width"], (y - start["y"]) / start["height"]
    page.mouse.move(x, y)
    for _ in range(3):
        page.mouse.wheel(0, -240)
        page.wait_for_timeout(60)
    now = box(page)
    assert now["width"] > 2 * start["width"]
    assert ((x - now["x"]) / now["width"], (y - now["y"]) / now["height"]) == pytest.approx(before, abs=1e-3)
    page.mouse.down()
    page.mouse.move(x - 40, y - 30, steps=4)
    page.mouse.up()
    moved = box(page)
    assert (moved["x"], moved["y"]) == pytest.approx((now["x"] - 40, now["y"] - 30), abs=1)
    page.keyboard.press("Shift+Digit0")
    assert box(page) == pytest.approx(start, abs=0.5)
    assert page.locator(".lightbox [data-zoom]").inner_text() == "fit"


def test_z_and_a_double_click_go_to_100_percent_and_back(site, open_page):
    page = opened(site, open_page)
    start = box(page)
    natural = page.evaluate("Number(document.querySelector('.lightbox [data-viewer]').dataset.width)")
    page.keyboard.press("z")
    assert box(page)["width"] == pytest.approx(natural, abs=1)
    assert page.locator(".lightbox [data-zoom]").inner_text() == "100 %"
    page.keyboard.press("z")
    assert box(page)["width"] == pytest.approx(start["width"], abs=1)
    page.locator(".lightbox .over").dblclick()
    assert box(page)["width"] == pytest.approx(natural, abs=1)
    page.keyboard.press("Shift+Digit0")
    page.keyboard.press(".")
    page.keyboard.press(".")
    larger = box(page)
    assert larger["width"] == pytest.approx(2.25 * start["width"], rel=0.01)
    page.keyboard.press("ArrowLeft")  # moves about the picture now
    assert box(page)["x"] > larger["x"]
    assert page.url.endswith(site.ids[4])


def test_digits_are_stars_views_have_shift_and_all_can_be_undone(site, open_page):
    page = opened(site, open_page, at=9)
    image_id = site.ids[9]
    page.keyboard.press("4")
    until(page, "document.querySelectorAll('.lightbox .stars .full').length === 4")
    page.keyboard.press("f")
    until(page, "document.querySelector('.lightbox [data-do=favourite]').ariaPressed === 'true'")
    page.keyboard.press("6")
    until(page, "document.querySelector('.lightbox [data-own]').dataset.label === 'red'")
    page.keyboard.press("Shift+X")
    until(page, "document.querySelector('.lightbox [data-do=rejected]').ariaPressed === 'true'")
    assert own.ratings(site.session, [image_id])[image_id] == Rating(4, True, True, "red")
    assert page.locator(".lightbox .toast").is_visible()
    for _ in range(4):
        page.keyboard.press("Control+z")
        page.wait_for_timeout(120)
    until(page, "document.querySelectorAll('.lightbox .stars .full').length === 0")
    assert own.ratings(site.session, [image_id])[image_id].stars == 0
    page.keyboard.press("Shift+Digit2")
    assert page.locator(".lightbox [data-stage]").get_attribute("data-view") == "ellipses"
    page.keyboard.press("v")
    assert page.locator(".lightbox [data-stage]").get_attribute("data-view") == "sampled"
    until(page, "document.querySelector('.lightbox img.sampled').naturalWidth > 0")


def test_a_colour_lights_its_components_in_the_picture(site, open_page):
    page = opened(site, open_page)
    page.locator(".lightbox .swatches tr").first.hover()
    lit = page.evaluate("[...document.querySelectorAll('.lightbox .edge-line.lit')].map((one) => one.dataset.swatch)")
    assert lit
    assert set(lit) == {"0"}
    until(page, "getComputedStyle(document.querySelector('.lightbox .regions')).opacity === '1'")
    page.locator(".lightbox [data-counter]").hover()
    until(page, "!document.querySelector('.lightbox .lit')")


def test_the_drawer_and_the_row_of_similar_pictures(site, open_page):
    page = opened(site, open_page)
    until(page, "document.querySelectorAll('.lightbox .alike-tiles figure').length === 16")
    page.keyboard.press("i")
    assert not page.locator(".lightbox .rail").is_visible()
    page.keyboard.press("l")
    until(page, f"{SHOWN} === '{site.ids[5]}'")
    assert not page.locator(".lightbox .rail").is_visible()
    page.keyboard.press("i")
    assert page.locator(".lightbox .rail").is_visible()
    until(page, "document.querySelectorAll('.lightbox .alike-tiles figure').length === 16")
    page.locator(".lightbox .alike-tiles a").first.click()
    page.wait_for_url(f"**/images/*?like={site.ids[5]}")
    page.keyboard.press("Escape")
    until(page, f"!{OPEN} && location.pathname === '/'")


def test_the_sheet_lists_the_keys_of_the_picture(site, open_page):
    page = opened(site, open_page)
    page.keyboard.press("?")
    sheet = page.locator("dialog.keys")
    sheet.wait_for()
    assert "100 %, and back" in sheet.inner_text()
    assert "Rows or squares" not in sheet.inner_text()
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog.keys').open")
    assert page.evaluate(f"Boolean({OPEN})")


def swipe(page, dx, dy):
    page.evaluate(
        """([dx, dy]) => {
          const stage = document.querySelector('.lightbox [data-stage]');
          const box = stage.getBoundingClientRect();
          const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
          const tell = (type, clientX, clientY) => stage.dispatchEvent(new PointerEvent(type, {
            pointerId: 7, pointerType: 'touch', isPrimary: true, bubbles: true, cancelable: true, clientX, clientY }));
          tell('pointerdown', x, y);
          for (let step = 1; step <= 5; step += 1) tell('pointermove', x + dx * step / 5, y + dy * step / 5);
          tell('pointerup', x + dx, y + dy);
        }""",
        [dx, dy],
    )


def test_on_a_phone_a_swipe_turns_and_a_swipe_down_closes(site, open_page):
    page = opened(site, open_page, at=3, width=390, height=844, has_touch=True)
    assert page.evaluate("document.querySelector('dialog.lightbox').scrollWidth") <= 390
    swipe(page, -140, 8)
    until(page, f"{SHOWN} === '{site.ids[4]}'")
    swipe(page, 140, 8)
    until(page, f"{SHOWN} === '{site.ids[3]}'")
    swipe(page, 4, 160)
    until(page, f"!{OPEN} && location.pathname === '/'")


def test_why_opens_under_the_row_and_lights_what_is_pointed_at(site, open_page):
    page = open_page(f"{site.url}/images/{site.ids[0]}")
    page.locator("[data-why]").first.click()
    pair = page.locator("[data-pair]")
    pair.wait_for()
    until(page, "[...document.querySelectorAll('.pair img')].every((one) => one.naturalWidth > 0)")
    assert pair.locator(".over-line").count() == 2 * pair.locator("tbody tr").count()
    first, second = (pair.locator(".pictures a").nth(at).bounding_box() for at in (0, 1))
    assert first["height"] == pytest.approx(second["height"], abs=1)
    dot = pair.locator(".dot").first.bounding_box()
    assert first["x"] <= dot["x"] + 11 <= first["x"] + first["width"]
    pair.locator("tbody tr").nth(1).hover()
    assert pair.locator(".dot.lit").all_inner_texts() == ["2", "2"]
    assert page.evaluate("document.activeElement.id") == "why"


def test_the_space_bar_is_a_quick_look(site, open_page):
    page = open_page(f"{site.url}/")
    until(page, READY)
    page.keyboard.press("ArrowRight")
    page.keyboard.press(" ")
    until(page, f"{SHOWN} === '{site.ids[0]}'")
    page.keyboard.press(" ")
    until(page, f"!{OPEN} && location.pathname === '/'")
    assert focused(page) == site.ids[0]


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_axe_finds_nothing_to_complain_of(site, open_page, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = opened(site, open_page, scheme=scheme, bypass_csp=True)
    until(page, "document.querySelector('.lightbox .alike-tiles figure')")
    assert Axe().run(page).response["violations"] == []
    page.goto(f"{site.url}/why/{site.ids[0]}/{site.ids[6]}")
    assert Axe().run(page).response["violations"] == []


def test_a_list_that_nothing_describes_is_named_picture_by_picture(site, open_page):
    page = open_page(f"{site.url}/about")
    a, b, c = (site.ids[at] for at in (9, 2, 30))
    page.evaluate(
        """(ids) => {
          const place = document.createElement('div');
          place.className = 'tiles';
          for (const id of ids) {
            const tile = document.createElement('a');
            Object.assign(tile, { className: 'tile', href: `/images/${id}`, textContent: id });
            tile.dataset.id = id;
            place.append(tile);
          }
          document.querySelector('main').prepend(place);
        }""",
        [a, b, c],
    )
    page.locator("a.tile").nth(1).click()
    until(page, f"{SHOWN} === '{b}'")
    page.keyboard.press("ArrowRight")
    until(page, f"{SHOWN} === '{c}'")
    page.reload()
    page.keyboard.press("Home")
    page.wait_for_url(f"**/images/{a}?among=*")


def test_a_picture_that_had_to_be_converted_comes_whole_when_one_zooms_in(empty, open_page, tmp_path):
    width, height = 2720, 340
    rows, columns = np.mgrid[:height, :width]
    pixels = np.stack([columns * 255 // width, rows * 255 // height, (columns // 8 + rows // 8) % 2 * 255], axis=-1)
    (tmp_path / "wide").mkdir()
    Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / "wide" / "wide.tif")
    add_directories(empty.session, [tmp_path / "wide"])
    (one,) = browse.images(empty.session).images
    page = open_page(f"{empty.url}/images/{one.id}")
    until(page, "document.querySelector('img.whole').naturalWidth === 2560")
    page.keyboard.press("z")
    until(page, "document.querySelector('img.whole').naturalWidth === 2720")
    assert page.locator("[data-zoom]").inner_text() == "100 %"
    assert box(page, "main img.whole")["width"] == pytest.approx(2720, abs=1)


def test_back_after_a_reload_of_an_open_picture_shows_the_list(site, open_page):
    page = open_page(site.url)
    page.locator("#grid a.tile").nth(2).click()
    until(page, "document.querySelector('dialog[open]')")
    page.reload()
    until(page, "document.querySelector('main [data-viewer]')")
    page.go_back()
    until(page, "location.pathname === '/' && document.querySelectorAll('#grid a.tile').length > 3")
