"""All pictures: nothing jumps, the keyboard walks, more follow, choices stay, new ones appear."""

import pytest

from leitmotiv.workflows import browse
from leitmotiv.workflows.ingest import add_directories
from tests.pages.conftest import paint, until

pytestmark = pytest.mark.browser

SHOWN = "[...document.querySelectorAll('.tile')].map((tile) => tile.dataset.id)"
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
    assert page.evaluate(boxes) == before


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
    page.keyboard.press("ArrowRight")
    assert page.evaluate(FOCUS) == site.ids[0]
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


def test_more_pictures_follow_as_one_scrolls(site, open_page, monkeypatch):
    monkeypatch.setattr("leitmotiv.web.pictures.FIRST", 9)
    page = open_page(site.url + "/", height=400)
    for _ in range(30):
        page.mouse.wheel(0, 4000)
        page.wait_for_timeout(50)
        if len(page.evaluate(SHOWN)) == len(site.ids):
            break
    assert page.evaluate(SHOWN) == site.ids
    assert page.locator("[data-onward]").is_hidden()
    days = page.evaluate(
        """[...document.querySelectorAll('.day-set')].map((one) => [
          one.dataset.day, one.querySelectorAll('.tile').length, Number(one.querySelector('[data-count]').textContent),
        ])"""
    )
    assert all(shown == told for _, shown, told in days)
    assert [day for day, *_ in days] == sorted({day for day, *_ in days}, reverse=True)


def test_without_script_a_link_leads_on(site, open_page, monkeypatch):
    monkeypatch.setattr("leitmotiv.web.pictures.FIRST", 40)
    page = open_page(site.url + "/", java_script_enabled=False)
    assert page.locator(".tile").count() == 40
    assert not page.locator(".scripted").is_visible()
    page.get_by_text("Earlier pictures").click()
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


def test_the_scrubber_goes_to_a_time(site, open_page, monkeypatch):
    monkeypatch.setattr("leitmotiv.web.pictures.FIRST", 6)
    page = open_page(site.url + "/", height=500)
    last = page.locator(".scrubber a").last
    period = last.get_attribute("data-period")
    last.click()
    until(page, f"document.activeElement.closest('[data-day]')?.dataset.day.startsWith('{period}')")
    assert page.url == site.url + "/"
    page.goto(f"{site.url}/?from={period}")
    assert page.locator(".day-set").first.get_attribute("data-day").startswith(period)


def test_keys_are_listed_can_be_switched_off_and_are_never_stolen(site, open_page):
    page = open_page(site.url + "/")
    page.keyboard.press("?")
    sheet = page.get_by_role("dialog")
    assert sheet.is_visible()
    text = sheet.inner_text()
    for label in ("Picture to picture", "Open", "Rows or squares", "Dark, light, grey", "These keys"):
        assert label in text
    assert "Search" not in text
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
    page.wait_for_selector("#days .tile")
    until(page, "document.querySelectorAll('#days .tile').length === 3")
    for number in range(3, 5):
        paint(number).save(photos / f"p{number}.jpg")
    add_directories(empty.session, [photos])
    until(page, "document.querySelectorAll('#days .tile').length === 5")
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
