"""One board from its first picture to the file that leaves it, in a browser; and what else its page shows."""

import json

import pytest

from leitmotiv.workflows import boards, learning, pinning, tasks
from tests.pages.browsers import close
from tests.pages.conftest import until

pytestmark = pytest.mark.browser
TRAINED = "document.querySelector('#results .result')"


@pytest.fixture(scope="module")
def learnt(site):
    """A board of one look, trained twice: with two pictures, then with three and one against."""
    reds = [one for one in site.ids if colour_of(site, one) == 0]
    board = boards.create(site.session, "Red over")
    pinning.put(site.session, board.id, reds[:2])
    learning.train(site.session, board.id)
    pinning.put(site.session, board.id, reds[2:3])
    others = [one for one in site.ids if colour_of(site, one) == 1]
    pinning.put(site.session, board.id, others[:1], "negative")
    yield learning.train(site.session, board.id).board
    boards.trash(site.session, board.id)


def colour_of(site, image_id):
    """Which of the six looks a picture has: its number is in its name."""
    name = site.session.library.images.get(image_id).name
    return int(name[1:4]) % 6


def test_a_board_is_made_trained_corrected_cropped_and_taken_out(site, open_page, tmp_path):
    page = open_page(site.url + "/boards", height=600, accept_downloads=True)
    page.get_by_role("button", name="New board").click()
    page.wait_for_url("**/boards/*")
    page.locator("input.renaming").fill("Discs on red")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('[data-title]').textContent === 'Discs on red'")
    reds = [one for one in site.ids if colour_of(site, one) == 0]

    page.locator('[data-side="positive"] [data-do-add]').click()
    for image_id in reds[:3]:
        page.locator(f'dialog.picker [data-choice="{image_id}"]').click()
    page.get_by_role("button", name="Add 3", exact=True).click()
    until(page, "document.querySelectorAll('[data-side=positive] [data-example]').length === 3")
    page.keyboard.press("Shift+T")
    until(page, TRAINED, seconds=60)
    found = page.locator("#results .tile").evaluate_all("(tiles) => tiles.map((tile) => tile.dataset.id)")
    assert len(found) == 57
    assert not set(reds[:3]) & set(found)
    assert sum(colour_of(site, one) == 0 for one in found[:7]) >= 5
    assert page.locator(".snapshot").count() == 1

    wrong = next(one for one in found if colour_of(site, one) != 0)
    figure = page.locator(f'#results .result:has([data-id="{wrong}"])')
    figure.hover()
    figure.get_by_title("Less like this (−)").click()
    until(page, f"document.querySelector('[data-side=negative] [data-example=\"{wrong}\"]')")
    assert "changed since it was trained" in page.locator("[data-stale]").inner_text()
    page.locator("[data-do-train]").click()
    until(page, "document.querySelectorAll('.snapshot').length === 2")
    again = page.locator("#results .tile").evaluate_all("(tiles) => tiles.map((tile) => tile.dataset.id)")
    assert len(again) == 56
    assert wrong not in again

    page.keyboard.press("Shift+Digit2")
    until(page, "document.querySelector('#results .result').classList.contains('boxed')", seconds=60)
    assert page.url.endswith("view=crop")
    first = page.locator("#results .result").first
    cropped = first.locator(".tile > img").evaluate("(image) => getComputedStyle(image).clipPath")
    page.keyboard.down("Alt")
    assert page.locator("#results").get_attribute("data-view") == "preview"
    page.keyboard.up("Alt")
    assert cropped.startswith("inset(")
    assert page.locator("#results").get_attribute("data-view") == "crop"
    first.locator(".tile").focus()
    page.keyboard.press("i")
    page.wait_for_url("**/results/*")
    with page.expect_download() as waiting:
        page.locator(".crop-row a").first.click()
    assert waiting.value.suggested_filename.endswith("-crop.jpg")
    page.keyboard.press("Escape")
    page.wait_for_url("**/boards/*")
    until(page, TRAINED)

    page.locator("summary", has_text="Out").click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Concept, .cav").click()
    assert waiting.value.suggested_filename == "Discs on red.cav"
    waiting.value.save_as(tmp_path / "discs.cav")
    with page.expect_download() as waiting:
        page.get_by_role("link", name="Concept, JSON").click()
    assert json.loads(waiting.value.path().read_text("utf-8"))["name"] == "Discs on red"

    page.goto(site.url + "/boards")
    page.locator("[data-import]").set_input_files(tmp_path / "discs.cav")
    page.wait_for_url("**/boards/*")
    until(page, TRAINED)
    first = page.locator("#results .tile").first.get_attribute("data-id")
    assert colour_of(site, first) == 0
    assert page.locator("[data-example]").count() == 0
    for name in ("Discs on red", "discs"):
        boards.trash(site.session, name)


def test_train_waits_for_the_look_that_goes_on_and_outlives_its_page(site, open_page):
    made = pinning.made(site.session, "Seen soon", [one for one in site.ids if colour_of(site, one) == 3][:3])
    jobs = site.session.library.jobs
    going = jobs.start("activations", "Subjects", {})
    page = open_page(f"{site.url}/boards/{made.id}")
    until(page, "document.querySelector('[data-lacking=looks] [data-looking]').textContent.includes('counting')")
    page.keyboard.press("Shift+T")
    until(page, "document.querySelector('[data-lacking=wished]')")
    page.reload()
    until(page, "document.querySelector('[data-lacking=wished] [data-looking]').textContent")
    assert boards.get(site.session, made.id).snapshot is None
    jobs.finish(going, "done")
    asked = next(one for one in jobs.list() if one.state == "queued")
    assert "Seen soon is trained" in tasks.see(site.session, asked.parameters, lambda step: None)
    jobs.finish(asked.id, "done")
    until(page, TRAINED)
    until(page, "!document.querySelector('[data-lacking]')")
    boards.trash(site.session, made.id)


def test_a_training_has_its_own_address_a_name_and_a_way_back(site, open_page, learnt):
    page = open_page(f"{site.url}/boards/{learnt.id}")
    until(page, TRAINED)
    page.locator("[data-do-name]").click()
    page.locator("input.renaming").fill("with blue against")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.snapshot.here .name-of').textContent === 'with blue against'")
    page.locator(".snapshot a").nth(1).click()
    page.wait_for_url("**/snapshots/*")
    assert page.locator('[data-side="positive"] [data-example]').count() == 2
    assert page.locator("[data-do-train]").count() == 0
    page.locator("[data-do-restore]").click()
    page.wait_for_url(f"**/boards/{learnt.id}")
    until(page, "document.querySelectorAll('[data-side=positive] [data-example]').length === 2")
    page.keyboard.press("Control+z")
    until(page, "document.querySelectorAll('[data-side=positive] [data-example]').length === 3")


def test_a_stale_tab_names_nothing_and_what_is_pasted_in_vain_is_told(site, browser, learnt):
    page = browser.new_page()  # one that may be refused something
    page.goto(f"{site.url}/boards/{learnt.id}")
    until(page, TRAINED)
    page.evaluate("""document.body.dispatchEvent(new ClipboardEvent('paste', { bubbles: true, clipboardData:
        (() => { const data = new DataTransfer(); data.setData('text/plain', 'a poem'); return data; })() }))""")
    until(page, "document.querySelector('.toast')?.textContent.includes('is no picture')")
    boards.rename(site.session, learnt.id, "Red under")
    page.locator("[data-do-rename]").click()
    page.locator("input.renaming").fill("Red beside")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.toast')?.textContent.includes('changed in another tab')")
    until(page, "document.querySelector('[data-title]').textContent === 'Red under'")
    close(page)
    boards.rename(site.session, learnt.id, "Red over")


@pytest.mark.parametrize("width", [375, 360, 320])
def test_a_board_has_room_on_small_screens(site, open_page, learnt, width):
    page = open_page(f"{site.url}/boards/{learnt.id}", width=width, height=700)
    until(page, TRAINED)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    rights = page.locator("[data-view-to]").evaluate_all("(all) => all.map((one) => one.getBoundingClientRect().right)")
    assert 0 < max(rights) <= width


def test_two_trainings_lie_side_by_side(site, open_page, learnt):
    page = open_page(f"{site.url}/boards/{learnt.id}")
    until(page, TRAINED)
    page.get_by_role("link", name="Compare").click()
    page.wait_for_url("**/compare*")
    assert page.locator(".two section").count() == 2
    assert page.locator(".differences .tile").count() == 2  # one more for it, one against
    assert page.locator(".two .result").count() == 120
    assert "are the same in both" in page.locator(".differences").inner_text()


def test_results_are_filtered_sorted_and_ranked_with_their_own(site, open_page, learnt):
    page = open_page(f"{site.url}/boards/{learnt.id}?layout=grid")
    until(page, TRAINED)
    assert page.locator(".plain-grid .result").count() == 56
    assert page.locator(".plain-grid figcaption").first.inner_text().count("score") == 1
    page.locator("#sort").select_option("score")
    until(page, "new URL(location).searchParams.get('sort') === 'score'")
    worst = page.locator("#results .tile").first.get_attribute("data-id")
    page.locator('[name="own"]').check()
    until(page, "document.querySelectorAll('#results .result').length === 60")
    page.locator("#among").fill(f"id:{worst[:16]}")
    page.keyboard.press("Enter")
    until(page, "document.querySelectorAll('#results .result').length === 1")
    page.reload()
    assert page.locator("#among").input_value() == f"id:{worst[:16]}"
    page.goto(f"{site.url}/boards/{learnt.id}?q=year:2025")
    assert 0 < page.locator("#results .result").count() < 56


def test_what_was_scrolled_to_stays_while_the_board_changes(site, open_page, learnt):
    page = open_page(f"{site.url}/boards/{learnt.id}?from=20&own=1")
    until(page, TRAINED)
    page.evaluate("document.querySelector('#results').lastElementChild.scrollIntoView()")
    page.evaluate("document.querySelector('#results').lastElementChild.dataset.kept = ''")
    tile = page.locator("#results .tile").last
    tile.focus()
    page.keyboard.press("+")
    until(page, "document.querySelector('#results [data-kept][data-on=positive]')")
    assert page.locator("#results [data-kept] .acts button:visible").count() == 1
    assert page.evaluate("document.activeElement.closest('[data-kept]') !== null")
    page.keyboard.press("Delete")
    until(page, "!document.querySelector('#results [data-kept][data-on]')")


def test_heat_maps_lie_over_the_results(site, open_page, learnt):
    page = open_page(f"{site.url}/boards/{learnt.id}?view=heatmap")
    until(page, "document.querySelector('#results img.heat').naturalWidth > 0", seconds=60)
    heat, tile = page.locator("#results img.heat").first, page.locator("#results .tile").first
    ratio = float(tile.get_attribute("data-ratio"))
    box = heat.bounding_box()
    assert box["width"] / box["height"] == pytest.approx(ratio, rel=0.02)
    page.keyboard.press("v")
    assert page.locator("#results").get_attribute("data-view") == "focus"
    assert "view=focus" in page.url


def test_a_result_opens_over_the_board_and_goes_on_it_from_there(site, open_page, learnt):
    page = open_page(f"{site.url}/boards/{learnt.id}")
    until(page, TRAINED)
    tile = page.locator("#results .tile").nth(1)
    wanted = tile.get_attribute("data-id")
    tile.click()
    until(page, "document.querySelector('dialog.lightbox[open] [data-viewer]')")
    page.keyboard.press("-")
    until(page, f"document.querySelector('[data-side=negative] [data-example=\"{wanted}\"]')")
    page.keyboard.press("Control+z")
    until(page, f"!document.querySelector('[data-example=\"{wanted}\"]')")
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog.lightbox[open]')")
    assert page.url == f"{site.url}/boards/{learnt.id}"


def test_the_ten_that_teach_most_are_answered_in_place(site, open_page, learnt):
    page = open_page(f"{site.url}/boards/{learnt.id}")
    until(page, TRAINED)
    asked = page.locator(".worth [data-id]").first.get_attribute("data-id")
    assert page.locator(".worth li").count() == 10
    page.locator(".worth [data-do-less]").first.click()
    until(page, f"document.querySelector('[data-side=negative] [data-example=\"{asked}\"]')")
    page.keyboard.press("Control+z")
    until(page, f"!document.querySelector('[data-example=\"{asked}\"]')")


def test_the_camera_is_scored_as_it_goes(site, playwright, learnt):
    launched = playwright(
        ("--headless", "--no-sandbox", "--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream")
    )
    try:
        page = launched.new_context(viewport={"width": 1440, "height": 900}).new_page()
        page.goto(f"{site.url}/boards/{learnt.id}/camera")
        page.get_by_role("button", name="Start").click()
        until(page, "document.querySelector('[data-score]').textContent.endsWith('%')", seconds=60)
        until(page, "!document.querySelector('.live .box').hidden")
        page.locator('[data-do-keep="positive"]').click()
        until(page, "document.querySelector('.toast')?.textContent.includes('frame is on the board')", seconds=30)
        page.get_by_role("button", name="Stop").click()
    finally:
        launched.close()
    kept = boards.get(site.session, learnt.id).side("positive")
    assert len(kept) == 4
    pinning.take_off(site.session, learnt.id, [kept[-1].id])
