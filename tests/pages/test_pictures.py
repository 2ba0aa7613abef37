"""All pictures: nothing jumps, the keyboard walks, more follow, choices stay, new ones appear."""

import io

import numpy as np
import pytest
from PIL import Image

from leitmotiv.workflows import browse
from leitmotiv.workflows.ingest import add_directories
from tests.pages.conftest import paint, until

pytestmark = pytest.mark.browser

SHOWN = "[...document.querySelectorAll('.tile')].map((tile) => tile.dataset.id)"
READY = "document.querySelector('#grid').getAttribute('role') === 'grid'"
FOCUS = "document.activeElement.dataset.id"


def test_places_are_reserved_before_any_picture_arrives(site, open_page):
    page = open_page("about:blank")
    page.route("**/thumb/**", lambda route: None)
    page.goto(site.url + "/", wait_until="domcontentloaded")
    boxes = (
        "[...document.querySelectorAll('.tile')].slice(0, 12)"
        ".map((tile) => tile.getBoundingClientRect()).map((box) => [box.x, box.y, box.width, box.height])"
    )
    before = page.evaluate(boxes)
    assert all(box[2] > 20 and box[3] > 20 for box in before)
    ground = page.evaluate("getComputedStyle(document.querySelector('.tile')).backgroundColor")
    colour = browse.image(site.session, site.ids[0]).colour
    assert ground == f"rgb{tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))}"
    page.unroute("**/thumb/**")
    page.reload()
    until(page, "[...document.querySelectorAll('.tile img')].slice(0, 12).every((i) => i.complete && i.naturalWidth)")
    assert np.abs(np.subtract(page.evaluate(boxes), before)).max() < 0.2


def test_rows_keep_the_ratio_of_every_picture(site, open_page):
    page = open_page(site.url + "/")
    worst = page.evaluate(
        """Math.max(...[...document.querySelectorAll('.tile')].map((tile) => {
          const box = tile.getBoundingClientRect();
          const [width, height] = ['width', 'height'].map((name) => tile.querySelector('img').getAttribute(name));
          return box.width ? Math.abs(Math.log((box.width / box.height) / (width / height))) : 0;
        }))"""
    )
    assert worst < 0.02


def test_the_keyboard_walks_opens_and_comes_back(site, open_page):
    page = open_page(site.url + "/")
    until(page, "document.querySelector('.tile[tabindex=\"0\"]')")  # the script has taken over
    page.keyboard.press("ArrowRight")
    until(page, f"{FOCUS} === '{site.ids[0]}'")
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUS) == site.ids[1]
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUS) in site.ids[2:8]
    page.keyboard.press("ArrowUp")
    assert page.evaluate(FOCUS) in site.ids[:3]
    page.keyboard.press("End")
    assert page.evaluate(FOCUS) == site.ids[-1]
    page.keyboard.press("Home")
    assert page.evaluate(FOCUS) == site.ids[0]
    assert page.evaluate("document.querySelectorAll('.tile[tabindex=\"0\"]').length") == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/images/{site.ids[1]}")
    page.keyboard.press("ArrowRight")
    page.wait_for_url(f"**/images/{site.ids[2]}")
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(f"**/images/{site.ids[1]}")
    page.keyboard.press("Escape")
    page.wait_for_url(site.url + "/")
    until(page, f"document.activeElement.dataset.id === '{site.ids[1]}'")


def test_few_tiles_are_in_the_page_and_every_picture_can_be_reached(site, open_page):
    page = open_page(site.url + "/", height=400)
    until(page, READY)
    assert len(page.evaluate(SHOWN)) < len(site.ids)
    seen = []
    for _ in range(60):
        seen += [one for one in page.evaluate(SHOWN) if one not in seen]
        if len(seen) == len(site.ids):
            break
        page.mouse.wheel(0, 300)
        page.wait_for_timeout(40)
    assert seen == site.ids
    rows = "document.querySelector('#grid').getAttribute('aria-rowcount')"
    assert int(page.evaluate(rows)) >= 20


def test_the_script_takes_over_what_the_server_drew_without_a_jump(site, open_page):
    boxes = (
        "Object.fromEntries([...document.querySelectorAll('.tile')].map((tile) => {"
        "const box = tile.getBoundingClientRect(); return [tile.dataset.id, [box.x, box.y, box.width, box.height]]}))"
    )
    for address in ("/", "/?layout=square&size=s"):
        page = open_page("about:blank")
        page.route("**/api/v1/grid", lambda route: None)
        page.goto(site.url + address, wait_until="domcontentloaded")
        before = page.evaluate(boxes)
        page.unroute("**/api/v1/grid")
        page.reload()
        until(page, READY)
        after = page.evaluate(boxes)
        assert after
        for image_id, box in after.items():
            assert np.abs(np.subtract(box, before[image_id])).max() < 0.2


@pytest.fixture
def piecewise(site, monkeypatch):
    """A site that tells of seven pictures at a time."""
    monkeypatch.setattr("leitmotiv.web.pictures.PIECE", 7)
    return site


def test_a_large_library_comes_piece_by_piece_as_it_is_looked_at(piecewise, open_page):
    site = piecewise
    page = open_page("about:blank", height=400)
    asked = []
    page.on("request", lambda request: asked.append(request.url) if "/grid/columns" in request.url else None)
    page.goto(site.url + "/?size=l")
    until(page, READY)
    page.wait_for_timeout(400)
    before = page.evaluate("document.querySelector('#grid').clientHeight")
    first = {int(one.split("start=")[1].split("&")[0]) for one in asked}
    assert max(first) < 56  # the last pieces are not asked for
    page.keyboard.press("l")
    page.keyboard.press("End")  # the focus goes to a picture of which nothing is known yet
    until(page, f"{FOCUS} === '{site.ids[-1]}'")
    assert page.evaluate("document.activeElement.href").endswith(site.ids[-1])
    assert page.evaluate("document.querySelector('#grid').clientHeight") == before
    until(page, "document.activeElement.querySelector('img').alt !== 'Picture 60'")
    shown = page.evaluate(
        "[...document.querySelectorAll('.tile')].map((one) => [Number(one.dataset.at), one.dataset.id])"
    )
    assert shown == [[at, site.ids[at]] for at, _ in shown]
    page.keyboard.press("Home")
    until(page, f"{FOCUS} === '{site.ids[0]}'")


def test_what_is_picked_reaches_over_pieces_that_are_not_here(piecewise, open_page):
    site = piecewise
    page = open_page(site.url + "/?size=l", height=300)
    until(page, READY)
    page.keyboard.press("l")
    page.keyboard.press("x")
    page.keyboard.press("End")
    until(page, f"{FOCUS} === '{site.ids[-1]}'")
    page.locator(f'.tile[data-id="{site.ids[-1]}"]').click(modifiers=["Shift"])
    page.locator(".selection b", has_text="60 picked").wait_for()
    assert page.evaluate("JSON.parse(sessionStorage['leitmotiv.picks'])") == site.ids
    page.keyboard.press("Escape")
    page.reload()
    until(page, READY)
    page.keyboard.press("Control+a")
    page.locator(".selection b", has_text="60 picked").wait_for()


def test_the_place_in_a_large_library_survives_a_visit_and_a_change(piecewise, open_page):
    site = piecewise
    page = open_page(site.url + "/?size=l", height=400)
    until(page, READY)
    page.keyboard.press("l")
    page.keyboard.press("End")
    until(page, f"{FOCUS} === '{site.ids[-1]}'")
    before = page.evaluate("document.activeElement.getBoundingClientRect().top")
    page.wait_for_timeout(400)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/images/{site.ids[-1]}*")
    page.reload()
    page.go_back()
    last = f"document.querySelector('.tile[data-id=\"{site.ids[-1]}\"]')"
    until(page, f"{READY} && {last}")
    assert abs(page.evaluate(f"{last}.getBoundingClientRect().top") - before) < 2


def tall(page, most):
    """Let the page be no taller than some pixels, as browsers do with millions."""
    page.evaluate(f"document.querySelector('#grid').style.setProperty('--most', '{most}')")
    page.keyboard.press("v")
    page.keyboard.press("v")


def test_a_grid_taller_than_a_page_can_be_is_scrolled_to_its_end_and_back(site, open_page):
    page = open_page(site.url + "/?size=l", height=300)
    until(page, READY)
    whole = page.evaluate("document.querySelector('#grid').clientHeight")
    tall(page, 2500)
    assert whole > 5000
    assert page.evaluate("document.querySelector('#grid').clientHeight") == 2500
    # by hand nothing is passed over
    seen = []
    for _ in range(120):
        seen += [one for one in page.evaluate(SHOWN) if one not in seen]
        if len(seen) == len(site.ids):
            break
        page.mouse.wheel(0, 200)
        page.wait_for_timeout(30)
    assert seen == site.ids
    # a leap of the bar goes as far in proportion, and the ends are the ends
    page.evaluate("scrollTo(0, 0)")
    until(page, f"document.querySelector('.tile')?.dataset.id === '{site.ids[0]}'")
    page.evaluate("scrollTo(0, document.documentElement.scrollHeight)")
    until(page, f"[...document.querySelectorAll('.tile')].at(-1).dataset.id === '{site.ids[-1]}'")
    page.evaluate("scrollTo(0, document.querySelector('#grid').getBoundingClientRect().top + scrollY + 1250)")
    page.wait_for_timeout(400)
    at = page.evaluate("Number(document.querySelector('.tile').dataset.at)")
    assert 20 < at < 40


def test_in_a_tall_grid_keys_the_scrubber_and_the_place_are_exact(site, open_page):
    page = open_page(site.url + "/?size=l", height=700)
    until(page, READY)
    tall(page, 2500)
    page.keyboard.press("l")
    for place in range(1, 31):
        page.keyboard.press("l")
        assert page.evaluate(FOCUS) == site.ids[place]
    box = page.evaluate("(({ top, bottom }) => [top, bottom])(document.activeElement.getBoundingClientRect())")
    assert box[0] > 40
    assert box[1] < 700
    page.wait_for_timeout(400)  # the view rests: the bar is put right, and nothing moves
    after = page.evaluate("(({ top, bottom }) => [top, bottom])(document.activeElement.getBoundingClientRect())")
    assert np.abs(np.subtract(after, box)).max() < 1
    page.keyboard.press("End")
    assert page.evaluate(FOCUS) == site.ids[-1]
    page.keyboard.press("d")
    page.keyboard.press("Home")
    until(page, "scrollY === 0")
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    here = page.locator(".scrub .here").inner_text()
    head = "[...document.querySelectorAll('.band h2')].find((one) => one.textContent === '%s')"
    until(page, f"Math.abs({head % here}.parentElement.parentElement.getBoundingClientRect().top - 58) < 2")


def test_a_picture_that_is_not_there_yet_shows_its_own_mixture(site, open_page):
    page = open_page("about:blank")
    page.route("**/thumb/**", lambda route: None)
    page.goto(site.url + "/?sort=name", wait_until="domcontentloaded")
    page.wait_for_selector(".tile canvas")
    look = page.evaluate(
        """(() => {
          const canvas = document.querySelector('.tile canvas');
          const { data } = canvas.getContext('2d').getImageData(canvas.width / 2, 0, 1, canvas.height);
          return [[...data.slice(12, 15)], [...data.slice(-16, -13)]];
        })()"""
    )
    top, bottom = map(np.array, look)
    assert np.abs(top - bottom).max() > 20  # one colour lies above the other, in the blobs as in the pictures
    page.unroute("**/thumb/**")
    page.reload()
    until(page, "[...document.querySelectorAll('.tile img')].slice(0, 9).every((one) => one.naturalWidth)")
    until(page, "!document.querySelector('.tile canvas')")


def test_without_script_a_link_leads_on(site, open_page, monkeypatch):
    monkeypatch.setattr("leitmotiv.web.pictures.FIRST", 40)
    page = open_page(site.url + "/", java_script_enabled=False)
    assert page.locator(".tile").count() == 40
    assert not page.locator(".scripted").first.is_visible()
    page.get_by_text("The next pictures").click()
    assert page.locator(".tile").count() == 20


def test_rows_squares_and_size_are_remembered(site, open_page):
    page = open_page(site.url + "/")
    first = page.locator(".tile").first
    wide = first.bounding_box()
    page.get_by_title("Squares (v)").click()
    square = first.bounding_box()
    assert abs(square["width"] - square["height"]) < 1
    page.get_by_role("button", name="L", exact=True).click()
    assert first.bounding_box()["height"] > square["height"] * 1.3
    page.reload()
    assert page.get_by_role("button", name="Squares").get_attribute("aria-pressed") == "true"
    assert page.get_by_role("button", name="L", exact=True).get_attribute("aria-pressed") == "true"
    page.keyboard.press("v")
    page.keyboard.press("-")
    assert abs(first.bounding_box()["width"] - wide["width"]) < 1


def test_the_scrubber_goes_to_a_time_by_drag_and_by_keys(site, open_page):
    page = open_page(site.url + "/", height=500)
    scrubber = page.get_by_role("slider")
    box = scrubber.bounding_box()
    page.mouse.move(box["x"] + 40, box["y"] + 4)
    page.mouse.down()
    page.mouse.move(box["x"] + 40, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert page.evaluate("scrollY") > 400
    here = page.locator(".scrub .here").inner_text()
    assert scrubber.get_attribute("aria-valuetext").startswith(here)
    until(page, f"[...document.querySelectorAll('.band h2')].some((one) => one.textContent === '{here}')")
    page.keyboard.press("Home")
    until(page, "scrollY === 0")
    page.keyboard.press("ArrowDown")
    assert scrubber.get_attribute("aria-valuenow") == "2"
    page.goto(site.url + "/")
    until(page, READY)
    page.keyboard.press("d")
    assert page.evaluate("document.activeElement.getAttribute('role')") == "slider"


def test_an_address_may_begin_at_a_time(site, open_page):
    page = open_page(f"{site.url}/?from=2023", height=500)
    until(page, "scrollY > 100")
    assert "2023" in page.locator(".scrub .here").inner_text()


def test_the_place_and_the_focus_survive_a_visit_to_a_picture(site, open_page):
    page = open_page(site.url + "/?size=l", height=500)
    until(page, READY)
    page.evaluate("scrollTo(0, 1500)")
    page.wait_for_timeout(400)
    tile = page.locator(".tile").nth(6)
    chosen, before = tile.get_attribute("data-id"), tile.bounding_box()["y"]
    tile.click()
    page.wait_for_url(f"**/images/{chosen}")
    page.go_back()
    until(page, f"document.activeElement.dataset.id === '{chosen}'")
    assert abs(page.locator(f'.tile[data-id="{chosen}"]').bounding_box()["y"] - before) < 2
    page.set_viewport_size({"width": 900, "height": 500})
    until(page, "document.querySelector('#grid').clientWidth < 800")
    assert page.evaluate(FOCUS) == chosen


def test_shift_and_page_keys_walk_in_steps(site, open_page):
    page = open_page(site.url + "/", height=500)
    until(page, READY)
    page.keyboard.press("l")
    page.keyboard.press("PageDown")
    far = site.ids.index(page.evaluate(FOCUS))
    assert far > 5
    page.keyboard.press("PageUp")
    assert site.ids.index(page.evaluate(FOCUS)) < far
    page.keyboard.press("Home")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    picked = "[...document.querySelectorAll('.picked')].map((one) => one.dataset.id)"
    assert page.evaluate(picked) == site.ids[:3]


def test_keys_are_listed_can_be_switched_off_and_are_never_stolen(site, open_page):
    page = open_page(site.url + "/")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    assert sheet.is_visible()
    text = sheet.inner_text()
    for label in ("Picture to picture", "Open", "Pick all", "Rows or squares", "Dark, light, grey", "These keys"):
        assert label in text
    assert "Fewer groups" not in text
    labels = sheet.locator("dt").all_inner_texts()
    assert len(labels) == len(set(labels))
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""
    sheet.get_by_role("checkbox").uncheck()
    page.keyboard.press("Escape")
    assert not sheet.is_visible()
    page.keyboard.press("t")
    assert page.evaluate("document.documentElement.dataset.theme ?? ''") == ""
    page.evaluate("localStorage.removeItem('leitmotiv.letters')")
    page.evaluate(
        "document.querySelector('main').prepend(Object.assign(document.createElement('input'), {id: 'typed'}))"
    )
    page.locator("#typed").press_sequentially("t?v")
    assert page.locator("#typed").input_value() == "t?v"
    assert not sheet.is_visible()


def test_an_empty_library_fills_while_a_job_runs(empty, open_page, tmp_path):
    page = open_page(empty.url + "/")
    assert page.get_by_text("leitmotiv explore ~/Pictures").is_visible()
    job = empty.session.library.jobs.start("add", "/photos")
    page.reload()
    until(page, "!document.querySelector('[data-working]').hidden")
    photos = tmp_path / "photos"
    photos.mkdir()
    for number in range(3):
        paint(number).save(photos / f"p{number}.jpg")
    add_directories(empty.session, [photos])
    page.wait_for_selector("#grid .tile")
    until(page, "document.querySelectorAll('#grid .tile').length === 3")
    for number in range(3, 5):
        paint(number).save(photos / f"p{number}.jpg")
    add_directories(empty.session, [photos])
    until(page, "document.querySelectorAll('#grid .tile').length === 5")
    until(page, "document.querySelector('[data-total]').textContent === '5'")
    assert page.evaluate(SHOWN) == [image.id for image in empty.session.library.images.page(limit=9, cursor=None)[0]]
    empty.session.library.jobs.update(
        job, phase="Reading pictures", done=3, total=6, rate=1.0, remaining=3.0, failures=0, message=""
    )
    until(page, "document.title.startsWith('50 %')")
    assert page.locator("[data-working] progress").evaluate("(bar) => bar.value") == 50
    empty.session.library.jobs.finish(job, "done", "")
    until(page, "document.querySelector('[data-working]').hidden")
    assert not page.title().startswith("50 %")


def test_the_ring_of_the_focus_is_drawn_over_the_picture(site, open_page):
    page = open_page(site.url + "/", height=500)
    until(page, READY)
    page.keyboard.press("l")
    tile = page.locator(":focus")
    page.wait_for_timeout(300)
    with Image.open(io.BytesIO(tile.screenshot())) as drawn:
        left = drawn.convert("RGB").getpixel((1, drawn.height // 2))
    ring = tile.evaluate("(tile) => getComputedStyle(tile).outlineColor.match(/\\d+/g).slice(0, 3).map(Number)")
    assert max(abs(a - b) for a, b in zip(left, ring, strict=True)) < 12
