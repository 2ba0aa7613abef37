"""Boards as a person uses them: pictures from every page, the disk, the clipboard; what it finds; and the way back."""

import pytest

from leitmotiv.workflows import boards, pinning
from tests.pages.browsers import close
from tests.pages.conftest import paint, until

pytestmark = pytest.mark.browser
PASTE = """(address) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData('text/plain', address);
  document.body.dispatchEvent(new ClipboardEvent('paste', {clipboardData, bubbles: true, cancelable: true}));
}"""
DROP = """async (address) => {
  const dataTransfer = new DataTransfer();
  const bytes = await (await fetch(address)).blob();
  dataTransfer.items.add(new File([bytes, new Uint8Array([0])], 'dropped.jpg', {type: 'image/jpeg'}));
  const side = document.querySelector('[data-side="negative"]');
  for (const kind of ['dragover', 'drop']) {
    side.dispatchEvent(new DragEvent(kind, {dataTransfer, bubbles: true, cancelable: true}));
  }
}"""
SHOWN = "[...document.querySelectorAll('.cards > .card:not(.gone) h2')].map((one) => one.textContent)"
GONE = "[...document.querySelectorAll('.card.gone h3')].map((one) => one.textContent)"
READY = "document.querySelector('#board input[type=range]')?.style.getPropertyValue('--at')"


@pytest.fixture
def board(site):
    """A board with three pictures for it and one against; in the trash afterwards."""
    made = boards.create(site.session, words="a disc on two fields")
    pinning.put(site.session, made.id, site.ids[:3])
    yield pinning.put(site.session, made.id, site.ids[3:4], "negative")
    for one in boards.listed(site.session):
        boards.trash(site.session, one.id)


def now(site, board):
    return boards.get(site.session, board.id)


def on(site, board, side):
    return [one.id for one in now(site, board).side(side) if not one.drawn]


def test_plus_and_minus_put_what_has_the_focus_or_is_picked_on_the_current_board(site, open_page, board):
    page = open_page(f"{site.url}/boards/{board.id}")
    until(page, READY)
    page.goto(site.url + "/")
    until(page, "document.querySelector('#grid').getAttribute('role') === 'grid'")
    page.locator(f'.tile[data-id="{site.ids[5]}"]').focus()
    page.keyboard.press("+")
    until(page, "!document.querySelector('.toast')?.hidden && document.querySelector('.toast')")
    assert on(site, board, "positive")[-1] == site.ids[5]
    page.keyboard.press("Control+z")
    until(page, "document.querySelector('.toast').textContent.startsWith('Undone')")
    assert site.ids[5] not in on(site, board, "positive")
    for image_id in site.ids[6:8]:
        page.locator(f'.tile[data-id="{image_id}"]').focus()
        page.keyboard.press("x")
    page.keyboard.press("-")
    until(page, "document.querySelector('.toast').textContent.startsWith('2 pictures')")
    assert on(site, board, "negative") == [site.ids[3], *site.ids[6:8]]
    page.keyboard.press("Escape")
    page.goto(f"{site.url}/images/{site.ids[9]}")
    until(page, "document.querySelector('[data-do=more]')?.checkVisibility()")
    page.keyboard.press("+")
    until(page, "document.querySelector('.toast')?.textContent.startsWith('1 picture')")
    assert on(site, board, "positive")[-1] == site.ids[9]


def test_where_no_board_is_current_one_is_asked_for(site, open_page, board):
    page = open_page(f"{site.url}/ranked/{site.ids[0]}")
    page.locator(".tile[data-id]").nth(2).focus()
    page.keyboard.press("+")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name of a new board").fill("Evening")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.toast')?.textContent.includes('Evening')")
    made = boards.get(site.session, "Evening")
    assert len(made.side("positive")) == 1
    page.keyboard.press("-")
    until(page, "document.querySelector('.toast')?.textContent.includes('it is not')")
    assert len(boards.get(site.session, "Evening").side("negative")) == 1


def test_a_weight_is_set_by_its_slider_and_a_picture_is_taken_off_and_brought_back(site, open_page, board):
    page = open_page(f"{site.url}/boards/{board.id}")
    until(page, READY)
    row = page.locator(f'[data-example="{site.ids[1]}"]')
    row.locator("input").focus()
    for _ in range(6):
        page.keyboard.press("ArrowLeft")
    until(page, f"document.querySelector('[data-example=\"{site.ids[1]}\"] output').textContent === '0.7'")
    until(page, "document.querySelector('.toast')?.textContent.includes('0.7')")
    assert {one.id: one.weight for one in now(site, board).examples}[site.ids[1]] == pytest.approx(0.7)
    row.locator("[data-do-off]").click()
    until(page, f"!document.querySelector('[data-example=\"{site.ids[1]}\"]')")
    page.keyboard.press("Control+z")
    until(page, f"document.querySelector('[data-example=\"{site.ids[1]}\"]')")
    assert site.ids[1] in on(site, board, "positive")


def test_pictures_come_from_the_dialog_the_disk_the_clipboard_and_by_drag(site, open_page, board, tmp_path):
    paint(77).save(tmp_path / "other.png")
    page = open_page(f"{site.url}/boards/{board.id}")
    until(page, READY)
    page.locator('[data-side="negative"] [data-do-add]').click()
    page.locator("dialog.picker [data-choice]").nth(10).click()
    page.locator("dialog.picker [data-choice]").nth(11).click()
    page.get_by_role("button", name="Add 2", exact=True).click()
    until(page, "document.querySelectorAll('[data-side=negative] [data-example]').length === 3")
    page.locator('[data-side="positive"] [data-do-add]').click()
    page.locator("dialog.picker input[type=file]").set_input_files(tmp_path / "other.png")
    until(page, "document.querySelectorAll('[data-side=positive] [data-example]').length === 4")
    handed = page.locator('[data-side="positive"] [data-example]').nth(3).locator("img")
    until(page, "[...document.querySelectorAll('[data-side=positive] img')].at(-1).naturalWidth > 0")
    assert "/boards/pictures/" in handed.get_attribute("src")
    page.evaluate(
        PASTE,
        f"{site.url}/images/{site.ids[20]}",
    )
    until(page, f"document.querySelector('[data-side=positive] [data-example=\"{site.ids[20]}\"]')")
    page.evaluate(DROP, f"/images/{site.ids[21]}/file")
    until(page, "document.querySelectorAll('[data-side=negative] [data-example]').length === 4")
    page.locator(f'[data-example="{site.ids[20]}"] .tile').drag_to(page.locator('[data-side="negative"] h2'))
    until(page, f"document.querySelector('[data-side=negative] [data-example=\"{site.ids[20]}\"]')")


def test_a_tile_that_is_dragged_finds_the_two_sides_at_the_foot(site, open_page, board):
    page = open_page(f"{site.url}/boards/{board.id}")
    until(page, READY)
    page.goto(site.url + "/")
    until(page, "document.querySelector('#grid').getAttribute('role') === 'grid'")
    page.locator(f'.tile[data-id="{site.ids[2]}"]').hover()
    page.mouse.down()
    page.mouse.move(700, 500, steps=4)
    until(page, "!document.querySelector('.shelf').hidden")
    page.locator('[data-shelf="negative"]').hover()
    page.mouse.up()
    until(page, "document.querySelector('.toast')?.textContent.includes('it is not')")
    assert site.ids[2] in on(site, board, "negative")
    assert page.locator(".shelf").is_hidden()


def test_two_tabs_lose_nothing(site, browser, board):
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{site.url}/boards/{board.id}")
    until(page, READY)
    pinning.put(site.session, board.id, site.ids[30:31])  # another tab
    page.locator(f'[data-example="{site.ids[0]}"] [data-do-off]').click()
    until(page, "document.querySelector('.toast')?.textContent.includes('changed in another tab')")
    until(page, f"document.querySelector('[data-example=\"{site.ids[30]}\"]')")
    close(context)
    assert site.ids[0] in on(site, board, "positive")


def test_what_was_handed_in_does_not_have_the_next_change_of_the_same_tab_refused(site, browser, board, tmp_path):
    paint(78).save(tmp_path / "one.png")
    context = browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{site.url}/boards/{board.id}")
    until(page, READY)
    page.route("**part=board**", lambda route: route.abort())  # no fresh drawing tells the state of the board
    page.locator('[data-side="positive"] [data-do-add]').click()
    page.locator("dialog.picker input[type=file]").set_input_files(tmp_path / "one.png")
    until(page, "document.querySelector('.toast')?.textContent.includes('from the disk')")
    page.locator(f'[data-example="{site.ids[0]}"] [data-do-off]').click()
    until(page, "document.querySelector('.toast')?.textContent.includes('Taken off')")
    close(context)
    assert site.ids[0] not in on(site, board, "positive")


def test_boards_are_made_named_told_about_copied_thrown_away_and_brought_back(site, open_page, board):
    page = open_page(site.url + "/boards")
    assert page.locator(".cards > .card:not(.gone)").count() == 1
    page.get_by_role("button", name="New board").click()
    page.wait_for_url("**/boards/*")
    page.locator("input.renaming").fill("Nearly dark")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('[data-title]').textContent === 'Nearly dark'")
    page.goto(site.url + "/boards")
    card = page.locator(".card", has=page.get_by_role("link", name="Nearly dark", exact=True))
    menu = card.locator("summary")

    def choose(words):
        menu.click()
        card.get_by_role("button", name=words).click()

    choose("Words about it")
    long = "blue, quiet" + ", nearly without a sound" * 30
    page.keyboard.insert_text(long)
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("and far away")
    page.keyboard.press("Enter")
    until(page, "document.querySelector('.words')?.textContent.endsWith('away')")
    assert boards.get(site.session, "Nearly dark").words == f"{long}\nand far away"
    choose("Duplicate")
    until(page, "document.querySelectorAll('.cards > .card:not(.gone)').length === 3")
    seen = boards.get(site.session, "Nearly dark").revision
    choose("Rename")
    page.locator("input.renaming").fill("Nearly black")
    with page.expect_request(lambda one: one.method == "PATCH") as sent:
        page.keyboard.press("Enter")
    # with it the server refuses a card that is older than the board
    assert sent.value.post_data_json == {"name": "Nearly black", "revision": seen}
    until(page, f"{SHOWN}.includes('Nearly black')")
    page.goto(site.url + "/boards")  # the page begins anew after a change; a key pressed meanwhile is nobody's
    page.keyboard.press("Control+z")
    until(page, f"{SHOWN}.includes('Nearly dark')")
    page.locator("#wanted").fill("QUIET")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=QUIET*")
    assert page.locator(".cards > .card:not(.gone)").count() == 2
    page.goto(site.url + "/boards")
    choose("To the trash")
    until(page, f"{GONE}.includes('Nearly dark')")
    assert {one.name for one in boards.listed(site.session, trashed=True)} >= {"Nearly dark"}
    page.locator(".trash summary").click()
    page.locator(".card.gone", has_text="Nearly dark").get_by_role("button", name="Restore").click()
    until(page, f"{SHOWN}.includes('Nearly dark')")
    choose("To the trash")
    until(page, f"{GONE}.includes('Nearly dark')")
    page.locator(".trash summary").click()
    gone = page.locator(".card.gone", has=page.locator("h3", has_text="Nearly dark"))
    gone.get_by_role("button", name="Delete for good").click()
    gone.get_by_role("button", name="Really?").click()
    until(page, f"!{GONE}.includes('Nearly dark')")
    assert "Nearly dark" not in {one.name for one in boards.listed(site.session, trashed=True)}
