"""Every page as a person walks it: both themes, wide and narrow, axe-core, and by the keyboard alone.

Whatever a page complains of in the console, and any request to another host, fails the walk (see `open_page`).
"""

from dataclasses import dataclass

import pytest
from axe_playwright_python.sync_playwright import Axe
from werkzeug.exceptions import NotFound

from leitmotiv.web.app import create_app
from leitmotiv.workflows import boards, browse, critics, evolving, eyes, learning, own, pinning
from tests.pages.conftest import until

pytestmark = pytest.mark.browser


@dataclass(frozen=True)
class Place:
    """A page of the walk.

    Attributes
    ----------
    address : str
        {one}, {other} {trend}, {board}, {run} and {eyes} stand for what there is.
    ready : str
        What is true in the page when it is whole.
    """

    name: str
    address: str
    ready: str = "document.readyState === 'complete'"


GRID = "document.querySelector('#grid').getAttribute('role') === 'grid' && document.querySelector('.tile img').alt"
PLACES = (
    Place("pictures", "/", GRID),
    Place("filtered", "/?q=orientation:portrait+-year:2020&sort=folder&layout=square", GRID),
    Place("nothing", "/?q=name:nowhere"),
    Place("selections", "/selections"),
    Place("picture", "/images/{one}"),
    Place("why", "/why/{one}/{other}"),
    Place("ranked", "/ranked/{one}"),
    Place("clusters", "/clusters"),
    Place("trend", "/clusters/{trend}"),
    Place("trends over time", "/clusters/time"),
    Place("outliers", "/clusters/outliers"),
    Place("boards", "/boards"),
    Place("board", "/boards/{board}", "document.querySelector('#board input[type=range]')?.style.length"),
    Place("map", "/map"),
    Place("critic", "/critic"),
    Place("evolve", "/evolve"),
    Place(
        "evolution", "/evolve/{run}", "[...document.querySelectorAll('.sheet img')].every((one) => one.naturalWidth)"
    ),
    Place("a pair of eyes", "/eyes/{eyes}", "document.querySelector('.triple img').naturalWidth"),
    Place("camera", "/eyes/camera"),
    Place("search", "/search"),
    Place("duplicates", "/duplicates"),
    Place("export", "/export"),
    Place("jobs", "/jobs"),
    Place("about", "/about"),
    Place("compare", "/compare?a=orientation:portrait&b=orientation:landscape"),
    Place("chain", "/chain/{one}/{other}"),
    Place("diverse", "/diverse"),
    Place("slideshow", "/slideshow"),
    Place("docs", "/docs"),
)
"""A page that an app does not have is passed over: it joins the walk when it is there."""
HEIGHTS = {1440: 900, 390: 844}
LOOKS = (
    ("dark", 1440),
    ("light", 390),
    pytest.param("dark", 390, marks=pytest.mark.slow),
    pytest.param("light", 1440, marks=pytest.mark.slow),
)
"""Each theme and each width in every run; the other two pairs of them where there is time."""


@pytest.fixture(scope="module", autouse=True)
def kept(site):
    own.keep_selection(site.session, "Wide ones", query="orientation:landscape")
    selection = own.keep_selection(site.session, "Two", ids=site.ids[:2])
    own.rate(site.session, site.ids[:1], stars=4, favourite=True)
    board = boards.create(site.session, "Discs")
    pinning.put(site.session, board.id, site.ids[:3])
    pinning.put(site.session, board.id, site.ids[3:4], "negative")
    learning.train(site.session, board.id)
    own.rate(site.session, site.ids[1:4], stars=2)
    critics.train(site.session, ["stars"], name="taste")
    run = evolving.start(site.session, "star", batch=4, rounds=3)
    evolving.go_on(site.session, run.id, until=2)
    made = eyes.make(site.session, "Wide", "orientation:landscape")
    yield
    eyes.remove(site.session, made.id)
    evolving.remove(site.session, run.id)
    critics.remove(site.session, "taste")
    own.rate(site.session, site.ids[1:4], stars=0)
    boards.trash(site.session, board.id)
    own.rate(site.session, site.ids[:1], stars=0, favourite=False)
    own.remove_selection(site.session, selection.id)
    own.remove_selection(site.session, site.session.library.selections.get("Wide ones").id)


@pytest.fixture(scope="module")
def address(site):
    pages = create_app(site.session).url_map.bind("127.0.0.1")
    trend = browse.clusters(site.session).clusters[0].id
    board = boards.get(site.session, "Discs").id
    run = evolving.listed(site.session)[0].id
    seeing = eyes.listed(site.session)[0].id

    def of(place):
        found = place.address.format(one=site.ids[0], other=site.ids[6], trend=trend, board=board, run=run, eyes=seeing)
        try:
            pages.match(found.partition("?")[0])
        except NotFound:
            pytest.skip(f"There is no page {place.address}.")
        return site.url + found

    return of


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name.replace(" ", "-"))
def test_nobody_is_shut_out(place, scheme, width, address, open_page):
    page = open_page(address(place), scheme=scheme, width=width, height=HEIGHTS[width])
    until(page, place.ready)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "wider than the screen"
    assert {
        violation["id"]: (violation["help"], [node["html"][:160] for node in violation["nodes"][:3]])
        for violation in Axe().run(page).response["violations"]
    } == {}


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name.replace(" ", "-"))
def test_the_keyboard_reaches_everything_and_is_never_caught(place, address, open_page):
    page = open_page(address(place))
    until(page, place.ready)
    seen: list[str] = []
    stops = (
        "document.activeElement.tagName + '|' + (document.activeElement.id || "
        "document.activeElement.textContent.trim().slice(0, 40) || document.activeElement.title)"
    )
    for _ in range(500):
        page.keyboard.press("Tab")
        here = page.evaluate(stops)
        if here.startswith("BODY") or (len(seen) > 3 and here == seen[0]):
            break
        seen.append(here)
        shown = page.evaluate(
            "(() => { const box = document.activeElement.getBoundingClientRect();"
            " return box.width > 0 && box.height > 0; })()"
        )
        assert shown, f"the focus is on something that is not there: {here}"
    else:
        raise AssertionError(f"Tab never leaves the page: {seen[-6:]}")
    assert len(seen) > 5
    assert page.evaluate('document.querySelectorAll(\'[role="grid"] .tile[tabindex="0"]\').length') <= 1
    page.keyboard.press("?")
    sheet = page.locator("dialog.keys")
    sheet.wait_for()
    assert len(sheet.locator("dt").all()) > 3
    page.keyboard.press("Escape")
    assert not sheet.is_visible()


def test_touch_targets_of_a_phone_are_44_pixels(site, open_page):
    page = open_page(site.url + "/", width=390, height=844, has_touch=True, is_mobile=True)
    until(page, GRID)
    small = page.evaluate(
        """[...document.querySelectorAll('.tabs > a, .tabs summary, .toolbar .button, .toolbar summary, .toggle > *')]
          .filter((one) => one.checkVisibility())
          .map((one) => [one.textContent.trim(), one.getBoundingClientRect()])
          .filter(([, box]) => box.height < 43 || box.width < 33).map(([text]) => text)"""
    )
    assert small == []


def test_the_fifth_tab_of_a_phone_opens_the_other_places(site, open_page):
    page = open_page(site.url + "/", width=390, height=844)
    tabs = page.locator(".tabs")
    assert tabs.locator("> *").count() == 5
    tabs.get_by_text("More").click()
    tabs.get_by_role("link", name="About").click()
    page.wait_for_url("**/about")
    assert tabs.locator("summary").get_attribute("aria-current") == "page"


def test_motion_is_left_out_where_it_is_not_wanted(site, open_page):
    page = open_page(site.url + "/")
    assert page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--calm')") == "0ms"
