"""The search page as a person uses it: typing, mixing, sketching, cutting, handing in."""

from pathlib import Path

import numpy as np
import pytest

from leitmotiv.records import WordScores
from leitmotiv.workflows import offers, scoring, seeking, word_map
from tests.pages.browsers import close
from tests.pages.conftest import paint, until

pytestmark = pytest.mark.browser
RED = "%23c83c28"


def shown(page) -> int:
    return page.locator(".result .tile").count()


@pytest.fixture(autouse=True)
def examples(site):
    """Examples are at hand: what a page asked for goes on when it is left, and the next test would meet it."""
    offers.examples(site.session, offers.words(site.session))


def test_slash_goes_to_the_field_of_any_page_and_enter_searches(site, open_page):
    page = open_page(site.url + "/about")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.name") == "q"
    page.keyboard.type("colour:#c83c28@top")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert 5 <= shown(page) <= 15
    assert page.locator(".terms .chip").count() == 1
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"


def test_on_a_phone_the_bar_has_a_glass_that_opens_the_page(site, open_page):
    page = open_page(site.url + "/about", width=390, height=844)
    assert not page.locator(".query input").is_visible()
    page.locator(".query button").click()
    page.wait_for_url("**/search*")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_colours_are_mixed_added_subtracted_and_taken_out(site, open_page):
    page = open_page(site.url + "/search")
    page.locator("#named").fill("#c83c28")
    assert page.locator(".mixing [name=colour]").input_value() == "#c83c28"
    page.locator("#how").select_option(label="at least")
    page.locator("[name=share]").fill("20")
    page.locator('[name=where][value="top"]').check()
    page.get_by_role("button", name="Add", exact=True).first.click()
    page.wait_for_url("**/search?q=*")
    assert page.locator("#q").input_value() == "colour:#c83c28:>20%@top"
    page.locator("#named").fill("white")
    page.get_by_role("button", name="Subtract").click()
    until(page, "document.querySelectorAll('.terms .chip').length === 2")
    assert page.locator("#q").input_value() == "colour:#c83c28:>20%@top -colour:white"
    page.locator(".chip.less .off").click()
    until(page, "document.querySelectorAll('.terms .chip').length === 1")
    page.go_back()
    until(page, "document.querySelectorAll('.terms .chip').length === 2")
    page.locator(".offer").first.click()
    until(page, "document.querySelectorAll('.terms .chip').length === 3")


def test_a_sketch_is_drawn_searched_and_comes_back_from_its_address(site, open_page):
    page = open_page(site.url + "/search?tool=sketch")
    box = page.locator(".canvas").bounding_box()
    page.mouse.move(box["x"] + 60, box["y"] + 40)
    page.mouse.down()
    page.mouse.move(box["x"] + 260, box["y"] + 120, steps=4)
    page.mouse.up()
    assert page.locator(".canvas .blob").count() == 1
    x = page.get_by_label("blob 1: from the left, %")
    before = int(x.input_value())
    assert page.evaluate("document.activeElement.dataset.at") == "0"
    page.keyboard.press("ArrowRight")
    assert int(x.input_value()) == before + 1
    page.keyboard.press("]")
    assert page.get_by_label("blob 1: turn, degrees").input_value() == "5"
    page.get_by_role("button", name="Blob", exact=True).click()
    page.get_by_label("blob 2: from the top, %").fill("80")
    page.get_by_label("blob 2: colour").fill("#1e4b64")
    page.get_by_role("button", name="Find this", exact=True).click()
    page.wait_for_url("**sketch=150_*")
    assert page.locator(".canvas .blob").count() == 2
    assert page.get_by_label("blob 2: from the top, %").input_value() == "80"
    assert shown(page) >= 1
    page.locator(".canvas .blob").nth(1).focus()
    page.keyboard.press("Delete")
    assert page.locator(".canvas .blob").count() == 1


def test_a_part_of_a_picture_is_cut_by_dragging_or_by_numbers(site, open_page):
    page = open_page(site.url + f"/search?region={site.ids[0]}")
    box = page.locator(".cutting .frame").bounding_box()
    page.mouse.move(box["x"] + 0.1 * box["width"], box["y"] + 0.1 * box["height"])
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 0.4 * box["height"], steps=4)
    page.mouse.up()
    assert page.locator(".cutting [name=w]").input_value() == "50"
    page.locator(".cutting [name=h]").fill("35")
    page.get_by_label("in the same place").check()
    page.get_by_role("button", name="Find this part").click()
    page.wait_for_url("**@10,10,50,35:here*")
    assert shown(page) >= 1


def test_a_file_from_the_disk_is_looked_for(site, open_page, tmp_path):
    paint(66).save(tmp_path / "other.jpg")
    page = open_page(site.url + "/search?tool=picture")
    page.locator("#file").set_input_files(tmp_path / "other.jpg")
    page.wait_for_url("**upload=*")
    assert shown(page) >= 1
    assert page.locator(".terms img").evaluate("(image) => image.complete && image.naturalWidth > 0")


def test_what_lies_past_the_cut_off_is_folded_until_it_is_asked_for(site, open_page):
    page = open_page(site.url + f"/search?q=colour:{RED}")
    few = shown(page)
    page.get_by_role("link", name="Show all").click()
    page.wait_for_url("**all=1*")
    assert shown(page) == 60 > few
    assert page.locator(".results > .chance").count() == 1
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.closest('.result') !== null")


@pytest.fixture
def heard(site, monkeypatch):
    """Words that fit every sixth picture, another sixth for each length of a word."""

    def scores(session, text: str) -> WordScores:
        images = session.library.images.many(session.library.images.ids())
        fits = np.array([int(Path(one.path).stem[1:]) % 6 == len(text) % 6 for one in images])
        return WordScores(tuple(one.id for one in images), 3.0 * fits - 0.5, int(fits.sum()), ("near word", text), text)

    monkeypatch.setattr(scoring.words, "scores", scores)
    site.session.memory.pop("term", None)
    # the network is loaded with the first picture that is asked by its subject, and no page should wait for that
    seeking.search(site.session, f"[img:{site.ids[-1]}] like:subject")
    yield
    site.session.memory.pop("term", None)


def test_a_query_that_cannot_be_read_is_marked_where_it_breaks(site, browser, heard):
    page = browser.new_page()
    page.goto(site.url + "/search")
    page.locator("#q").fill("boat - (heron")
    page.keyboard.press("Enter")
    page.locator(".fault mark").wait_for()
    assert page.locator(".fault mark").inner_text() == "("
    close(page)


def test_words_and_pictures_are_typed_clicked_and_dragged_into_a_query(site, open_page, heard):
    page = open_page(site.url + "/search")
    page.locator("#q").fill("boat - heron")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('.terms .chip').length === 2")
    assert shown(page) == 10
    page.get_by_role("link", name="near word").click(modifiers=["Shift"])
    until(page, "document.querySelectorAll('.chip.less').length === 2")
    assert page.locator("#q").input_value() == "boat - heron -near word"
    page.locator(".result .held").first.hover()
    page.locator(".result .adds").first.click()
    until(page, "document.querySelectorAll('.terms .chip').length === 4")
    assert page.locator(".terms .chip img").count() == 1
    chip = page.locator(".terms .chip").first
    box = chip.bounding_box()
    page.mouse.move(box["x"] + 14, box["y"] + 16)
    page.mouse.down()
    page.mouse.move(box["x"] + 14 + 48, box["y"] + 16, steps=6)
    page.mouse.up()
    until(page, "document.querySelector('.terms .chip b')?.textContent === '×2'")
    assert page.locator("#q").input_value().startswith("2*boat")
    page.locator(".terms .chip a").first.focus()
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    until(page, "document.querySelector('#q')?.value.startsWith('2.5*boat')")
    page.locator(".terms .chip.less a").first.click()
    until(page, "document.querySelectorAll('.terms .chip.less').length === 1")
    page.locator("#q").fill("(pnada + boat) & heron")
    page.keyboard.press("Enter")
    page.locator(".strange").get_by_role("link", name="panda", exact=True).click()
    until(page, "document.querySelector('#q')?.value === '(panda + boat) & heron'")
    assert page.locator(".strange").count() == 0
    signs = page.locator(".terms .sign").all_inner_texts()
    assert [sign.strip() for sign in signs] == ["(", "+", ")", "&"]


def test_examples_come_after_the_page_and_a_lone_picture_is_compared_otherwise(site, open_page, heard):
    site.session.memory.pop("examples")
    page = open_page(site.url + "/search")
    until(page, "document.querySelectorAll('.examples a.mono').length > 2")
    assert page.locator(".examples [role=status]").count() == 0
    page.goto(site.url + f"/search?q=[img:{site.ids[0]}]")
    ways = page.get_by_label("how pictures are compared")
    assert ways.locator("[aria-current]").inner_text() == "by look"
    ways.get_by_role("link", name="by subject").click()
    until(page, "document.querySelector('#q')?.value.endsWith('like:subject')")
    assert ways.locator("[aria-current]").inner_text() == "by subject"


def test_variety_stays_with_a_search(site, open_page, heard):
    page = open_page(site.url + "/search?q=boat")
    before = page.locator(".result .tile").evaluate_all("(tiles) => tiles.map((tile) => tile.dataset.id)")
    page.get_by_label("variety among the best").fill("1")
    until(page, "location.search.includes('diverse=1') && document.readyState === 'complete'")
    after = page.locator(".result .tile").evaluate_all("(tiles) => tiles.map((tile) => tile.dataset.id)")
    assert after != before
    assert set(after) == set(before)
    page.locator("#q").fill("boat - heron")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('.terms .chip').length === 2")
    assert page.get_by_label("variety among the best").input_value() == "1"


def test_what_changed_a_search_by_keys_has_the_focus_again(site, open_page, heard):
    page = open_page(site.url + "/search?q=boat+%2B+heron")
    page.locator(".terms .chip a:not(.off)").nth(1).focus()
    page.keyboard.press("ArrowUp")
    until(page, "location.search.includes('1.25') && document.readyState === 'complete'")
    until(page, "document.activeElement === document.querySelectorAll('.terms .chip a:not(.off)')[1]")
    page.keyboard.press("ArrowUp")
    until(page, "location.search.includes('1.5') && document.readyState === 'complete'")
    page.get_by_label("variety among the best").focus()
    page.keyboard.press("ArrowRight")
    until(page, "location.search.includes('diverse=0.05') && document.readyState === 'complete'")
    until(page, "document.activeElement?.name === 'diverse'")


def test_the_plane_is_dragged_and_zoomed_and_an_axis_is_slid(site, open_page):
    word_map.word_map(site.session)
    page = open_page(site.url + "/search/map")
    plane = page.locator("[data-plane]")
    assert plane.locator(".word").count() > 0
    page.get_by_role("link", name="Nearer").click()
    until(page, "location.search.includes('box=')")
    nearer = page.evaluate("new URLSearchParams(location.search).get('box').split(',').map(Number)")
    assert nearer[2:] == [0.5, 0.5]
    box = plane.bounding_box()
    page.mouse.move(box["x"] + 300, box["y"] + 200)
    page.mouse.down()
    page.mouse.move(box["x"] + 200, box["y"] + 200, steps=4)
    page.mouse.up()
    until(page, f"Number(new URLSearchParams(location.search).get('box').split(',')[0]) > {nearer[0] + 0.01}")
    page.get_by_role("link", name="Whole", exact=True).click()
    until(page, "!location.search.includes('box=')")
    page.wait_for_load_state("networkidle")  # the words of the whole come after its address
    plane.locator(".word").first.focus()
    said = page.evaluate("document.activeElement.dataset.word")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert said in page.locator("#q").input_value()
    page.goto(site.url + "/search/map")
    page.get_by_label("takes it away").check()
    plane.locator(".word").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/search?q=*")
    assert page.locator("#q").input_value().startswith("-")
    page.goto(site.url + "/search/axis?axis=colour:%23c83c28..colour:%232850a0")
    first = page.locator("[data-here] .tile").first.get_attribute("data-id")
    page.get_by_label("place on the axis").fill("100")
    until(page, "document.querySelector('#here').textContent.startsWith('100 %')")
    assert page.locator("[data-here] .tile").first.get_attribute("data-id") != first
    page.locator("input[name=low]").fill("colour:black")
    page.keyboard.press("Enter")
    page.wait_for_url("**axis=colour%3Ablack..*")


@pytest.mark.parametrize(
    ("width", "scheme"),
    [
        (390, "dark"),
        (1440, "light"),
        pytest.param(390, "light", marks=pytest.mark.slow),
        pytest.param(1440, "dark", marks=pytest.mark.slow),
    ],
)
def test_nobody_is_kept_out(site, open_page, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    for tool in ("colour", "sketch", "region", "picture"):
        page = open_page(
            site.url
            + f"/search?q=colour:{RED}+-colour:white&region={site.ids[0]}&sketch=150_50.50.20.10.0.c83c28&tool={tool}",
            width=width,
            scheme=scheme,
            bypass_csp=True,
        )
        found = Axe().run(page)
        assert found.response["violations"] == [], found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if width == 390:
        page = open_page(site.url + "/search", width=width, scheme=scheme, has_touch=True)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if scheme == "dark":
        for address in ("/search/map?q=colour:red", "/search/axis?axis=colour:red..colour:blue"):
            page = open_page(site.url + address, width=width, scheme=scheme, bypass_csp=True)
            found = Axe().run(page)
            assert found.response["violations"] == [], found.generate_report()
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
