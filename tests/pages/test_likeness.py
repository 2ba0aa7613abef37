"""The slider from look to subject: the address says where it stands, on every page that has one."""

import numpy as np
import pytest

from tests.pages.conftest import until

pytestmark = pytest.mark.browser


@pytest.fixture
def seen(site):
    """What the pictures show is made up: by subject, each is like those taken near it."""
    places = np.abs(np.arange(len(site.ids))[:, None] - np.linspace(0, len(site.ids), 1280))
    site.session.library.activations.put(site.ids, np.maximum(0, 6 - places))
    return site


def test_the_slider_ranks_anew_and_keeps_the_key(seen, open_page):
    page = open_page(f"{seen.url}/ranked/{seen.ids[0]}")
    first = page.locator(".nears [data-id]").first.get_attribute("data-id")
    slider = page.get_by_role("slider", name="what counts as alike")
    slider.focus()
    slider.press("End")
    page.wait_for_url("**/ranked/*?by=subject")
    until(page, "document.activeElement.name === 'by'")
    assert page.locator("[data-likeness-said]").inner_text() == "by subject"
    assert page.locator(".nears [data-id]").first.get_attribute("data-id") == seen.ids[1] != first
    page.locator(".nears a.tile").first.click()
    page.wait_for_url("**like=*by=subject*")
    page.go_back()
    page.go_back()
    until(page, "!location.search")
    assert page.get_by_role("slider", name="what counts as alike").input_value() == "0"


def test_trends_keep_what_counts_while_their_number_changes(seen, open_page):
    page = open_page(f"{seen.url}/clusters?by=0.5")
    page.get_by_role("slider", name="fewer or more groups").focus()
    page.keyboard.press("ArrowRight")
    until(page, "new URL(location).searchParams.get('count') && new URL(location).searchParams.get('by') === '0.5'")
    assert page.locator("[data-rename]").count() == 0
    page.locator(".trend .set").first.click()
    page.wait_for_url("**/clusters/*by=0.5*")


def test_without_script_the_slider_is_a_form(seen, open_page):
    page = open_page(f"{seen.url}/ranked/{seen.ids[0]}", java_script_enabled=False)
    page.get_by_role("slider").fill("0.4")
    page.get_by_role("button", name="Show").click()
    page.wait_for_url("**/ranked/*?by=0.4")
    assert page.locator("[data-likeness-said]").inner_text() == "60 % look, 40 % subject"
