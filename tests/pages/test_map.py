"""The map in a real browser that draws by software: places, picking, keys, the address, and the list beside it."""

from typing import Any

import pytest

from leitmotiv.workflows import map_page
from tests.pages.browsers import close
from tests.pages.conftest import COUNT, until

pytestmark = pytest.mark.browser

READY = "document.querySelector('[data-map]').dataset.ready !== undefined"
DRAWS = ("--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--use-gl=angle", "--use-angle=swiftshader")
PARAMETERS = "Object.fromEntries(new URL(location).searchParams)"


@pytest.fixture(scope="module")
def browser(playwright):
    """One Chromium that has WebGL without a graphics card."""
    launched = playwright([*DRAWS, "--enable-unsafe-swiftshader", "--ignore-gpu-blocklist"])
    yield launched
    launched.close()


@pytest.fixture
def open_map(site, open_page):
    def open_(query: str = "", **options: Any):
        page = open_page(f"{site.url}/map{query}", **options)
        until(page, READY, seconds=40)
        return page

    return open_


def picked(page) -> int:
    return page.evaluate("JSON.parse(sessionStorage.getItem('leitmotiv.picks') ?? '[]').length")


def drag(page, points) -> None:
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point, steps=6)
    page.mouse.up()


def edges(page) -> list[tuple[float, float]]:
    box = page.locator("[data-ground-map]").bounding_box()
    left, top, right, bottom = box["x"] + 8, box["y"] + 160, box["x"] + box["width"] - 8, box["y"] + box["height"] - 8
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def test_pictures_are_drawn_in_their_colours(open_map):
    page = open_map()
    page.wait_for_timeout(600)
    shot = page.locator("[data-ground-map]").screenshot()
    import io

    from PIL import Image

    colours = Image.open(io.BytesIO(shot)).convert("RGB").resize((160, 90)).getcolors(160 * 90)
    assert len(colours) > 60


def test_the_address_keeps_layout_and_view_and_back_goes_back(open_map):
    page = open_map()
    page.get_by_role("button", name="Sorted grid").click()
    until(page, f"{PARAMETERS}.layout === 'grid'")
    page.keyboard.press("v")
    until(page, f"{PARAMETERS}.layout === 'time'")
    page.go_back()
    until(page, "document.querySelector('button[data-layout=\"grid\"]').getAttribute('aria-pressed') === 'true'")
    page.goto(page.url.split("?")[0] + "?layout=packs&view=1.00,2.00,55.00")
    until(page, READY, seconds=40)
    until(page, f"{PARAMETERS}.view === '1.00,2.00,55.00'")
    assert page.locator('button[data-layout="packs"]').get_attribute("aria-pressed") == "true"


def test_a_lasso_around_everything_picks_everything(open_map):
    page = open_map("?layout=grid")
    page.keyboard.press("0")
    page.keyboard.press("l")
    drag(page, [*edges(page), edges(page)[0]])
    until(page, f"JSON.parse(sessionStorage.getItem('leitmotiv.picks') ?? '[]').length > {COUNT // 2}")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    until(page, "JSON.parse(sessionStorage.getItem('leitmotiv.picks') ?? '[]').length === 0")


def test_a_rubber_band_picks_a_part(open_map):
    page = open_map("?layout=grid")
    page.get_by_role("button", name="Rubber band").click()
    (left, top), _, (right, bottom), _ = edges(page)
    drag(page, [(left, top), ((left + right) / 2, bottom)])
    until(page, "JSON.parse(sessionStorage.getItem('leitmotiv.picks') ?? '[]').length > 0")
    assert 0 < picked(page) < COUNT
    assert page.get_by_role("button", name="Keep", exact=True).is_visible()


def test_keys_alone_walk_pick_and_open(open_map):
    page = open_map("?layout=grid")
    page.locator("[data-ground-map]").focus()
    page.keyboard.press("Enter")
    until(page, "!document.querySelector('[data-cursor]').hidden")
    until(page, "/\\.jpg/.test(document.querySelector('[data-say]').textContent)")
    page.keyboard.press("x")
    until(page, "JSON.parse(sessionStorage.getItem('leitmotiv.picks') ?? '[]').length === 1")
    page.keyboard.press("Shift+ArrowLeft")
    until(page, "JSON.parse(sessionStorage.getItem('leitmotiv.picks') ?? '[]').length === 2")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/images/*")


def test_a_large_map_asks_for_ids_and_layouts_as_they_are_needed(site, open_map, monkeypatch):
    monkeypatch.setattr("leitmotiv.web.map.LARGE", 10)
    asked = []
    page = open_map()
    page.on("request", lambda request: asked.append(request.url))
    page.locator("[data-ground-map]").focus()
    page.keyboard.press("Enter")
    until(page, "!document.querySelector('[data-cursor]').hidden")
    page.keyboard.press("x")
    until(page, "JSON.parse(sessionStorage.getItem('leitmotiv.picks') ?? '[]').length === 1")
    page.reload()
    until(page, READY, seconds=40)
    page.locator('button[data-layout="grid"]').click()
    until(page, "new URL(location).searchParams.get('layout') === 'grid'")
    page.keyboard.press("ArrowRight")
    assert not [one for one in asked if "ids.bin" in one]
    columns = [one.partition("only=")[2].replace("%2C", ",") for one in asked if "columns.bin" in one]
    assert columns == ["look-x,look-y,trend,red,green,blue,shape,flags", "grid-x,grid-y"]


def test_the_list_has_what_is_in_view_in_reading_order(site, open_map):
    page = open_map("?layout=grid")
    page.keyboard.press("o")
    page.keyboard.press("0")
    until(page, f"/of {COUNT} /.test(document.querySelector('[data-sum]').textContent)")
    until(page, "document.querySelectorAll('[data-list] tbody tr').length === 50")
    assert f"of {COUNT}" in page.locator("[data-sum]").inner_text()
    page.get_by_role("button", name="After").click()
    until(page, f"document.querySelectorAll('[data-list] tbody tr').length === {COUNT - 50}")
    made = map_page.map_page(site.session)
    order = sorted(range(COUNT), key=lambda row: (int(made.columns["grid-y"][row]), int(made.columns["grid-x"][row])))
    ids = page.evaluate("[...document.querySelectorAll('[data-list] tbody tr')].map((line) => line.dataset.id)")
    assert ids == [made.ids[row] for row in order[50:]]
    page.locator("[data-list] tbody input").first.check()
    assert picked(page) == 1


def test_filters_dim_the_others_and_a_bad_one_says_why(open_map):
    page = open_map()
    field = page.get_by_role("searchbox")
    field.fill("year:2025")
    field.press("Enter")
    until(page, f"/ of {COUNT}/.test(document.querySelector('[data-found]').textContent)")
    until(page, f"{PARAMETERS}.q === 'year:2025'")


def test_a_focused_picture_is_marked_and_in_the_middle(site, open_map):
    page = open_map(f"?focus={site.ids[7]}")
    until(page, "!document.querySelector('[data-cursor]').hidden")
    # Waited for, as the map may still be gliding there.
    until(
        page,
        """(() => {
          const middle = (at) => { const box = document.querySelector(at).getBoundingClientRect();
            return [box.left + box.width / 2, box.top + box.height / 2]; };
          const [cursor, ground] = [middle('[data-cursor]'), middle('[data-ground-map]')];
          return Math.abs(cursor[0] - ground[0]) < 4 && Math.abs(cursor[1] - ground[1]) < 4;
        })()""",
    )


def test_the_wheel_zooms_at_the_pointer(open_map):
    page = open_map("?view=0,0,40")
    page.mouse.move(720, 500)
    page.mouse.wheel(0, -300)
    until(page, f"Number({PARAMETERS}.view.split(',')[2]) > 60")


def test_without_webgl_the_list_stands_in(site, open_page, browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    page = context.new_page()
    page.add_init_script(
        """const own = HTMLCanvasElement.prototype.getContext;
        HTMLCanvasElement.prototype.getContext = function (kind, ...more) {
          return kind === 'webgl2' ? null : own.call(this, kind, ...more);
        };"""
    )
    page.goto(f"{site.url}/map")
    until(page, "document.querySelectorAll('[data-list] tbody tr').length === 50", seconds=40)
    assert page.get_by_text("no WebGL2").is_visible()
    close(context)


def test_a_lost_context_is_drawn_again(open_map):
    page = open_map()
    page.evaluate(
        """() => { const gl = document.querySelector('[data-scene]').getContext('webgl2');
        const lose = gl.getExtension('WEBGL_lose_context');
        lose.loseContext(); setTimeout(() => lose.restoreContext(), 200); }"""
    )
    page.wait_for_timeout(1500)
    page.keyboard.press("0")
    assert page.evaluate("document.querySelector('[data-scene]').getContext('webgl2').isContextLost()") is False


@pytest.mark.parametrize("width", [390, 1440])
@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_nothing_on_the_page_is_closed_to_anyone(open_map, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_map("?list=1", width=width, height=844, scheme=scheme)
    until(page, "document.querySelectorAll('[data-list] tbody tr').length > 0")
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


def test_an_unindexed_library_says_what_to_do(empty, open_page):
    page = open_page(empty.url + "/map")
    assert page.get_by_text("leitmotiv explore").is_visible()
