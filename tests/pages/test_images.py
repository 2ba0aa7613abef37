"""One picture: its four views, its neighbours, those that are alike."""

import pytest

from leitmotiv.workflows import browse
from tests.pages.conftest import until

pytestmark = pytest.mark.browser


def test_four_views_on_the_stage(site, open_page):
    page = open_page(f"{site.url}/images/{site.ids[4]}")
    stage = page.locator(".stage")
    opacity = "(one) => getComputedStyle(one).opacity"
    assert page.locator(".stage .ellipses").evaluate(opacity) == "0"
    page.keyboard.press("Shift+Digit2")
    until(page, "getComputedStyle(document.querySelector('.stage .ellipses')).opacity === '1'")
    for key, name in (("Shift+Digit3", "sampled"), ("Shift+Digit4", "expected")):
        page.keyboard.press(key)
        picture = page.locator(f".stage img.{name}")
        picture.wait_for(state="attached")
        until(page, f"document.querySelector('.stage img.{name}').naturalWidth > 0")
        assert stage.get_attribute("data-view") == name
    page.locator('[data-show="picture"]').click()
    assert stage.get_attribute("data-view") == "picture"


def test_the_stage_keeps_the_ratio_and_every_picture_arrives(site, open_page):
    for image_id in site.ids[:3]:
        image = browse.image(site.session, image_id)
        page = open_page(f"{site.url}/images/{image_id}", width=1000, height=700)
        box = page.locator(".stage .over").bounding_box()
        assert box["width"] / box["height"] == pytest.approx(image.width / image.height, rel=0.02)
        assert box["height"] < 700
        page.evaluate("document.querySelectorAll('.views img').forEach((one) => { one.loading = 'eager'; })")
        until(page, "[...document.querySelectorAll('.stage img, .views img')].every((one) => one.naturalWidth > 0)")


def test_ellipses_lie_inside_the_neighbourhood_of_the_frame(site, open_page):
    page = open_page(f"{site.url}/images/{site.ids[0]}")
    image = browse.image(site.session, site.ids[0])
    centres = page.evaluate(
        "[...document.querySelectorAll('.views .over-line')]"
        ".map((one) => ['cx', 'cy'].map((name) => Number(one.getAttribute(name))))"
    )
    expected = browse.ellipses(site.session, site.ids[0])[: len(centres)]
    longest = max(image.width, image.height)
    assert centres == [
        pytest.approx(
            [image.width / 2 + (ellipse.x - 0.5) * longest, image.height / 2 + (ellipse.y - 0.5) * longest], abs=0.06
        )
        for ellipse in expected
    ]


def test_similar_pictures_share_the_look(site, open_page):
    page = open_page(f"{site.url}/images/{site.ids[0]}")
    names = page.evaluate(
        "[...document.querySelectorAll('.near-strip .tile')].map((tile) => Number(tile.title.slice(1, 4)))"
    )
    assert len({number % 6 for number in names[:5]}) == 1
    page.get_by_text("All, from most to least alike").click()
    page.wait_for_url("**/ranked/*")
    assert page.locator(".near").count() == 50  # of 59, a page
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url("**/images/*")
    page.locator(".lightbox [data-viewer]").wait_for()
    page.keyboard.press("Escape")
    page.wait_for_url("**/ranked/*")
    page.locator(".lightbox [data-viewer]").wait_for(state="detached")
    page.keyboard.press("Escape")
    page.wait_for_url(f"**/images/{site.ids[0]}")
