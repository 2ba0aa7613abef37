"""The critic as a person uses it: some stars, one button, and the library lies in one's own order."""

import numpy as np
import pytest

from leitmotiv.workflows import critics, own

pytestmark = pytest.mark.browser


@pytest.fixture
def starred(site):
    """What the pictures show is made up: the first activation rises from picture to picture, and so do the stars."""
    seen = np.random.default_rng(0).random((len(site.ids), 1280)) / 4
    seen[:, 0] += np.linspace(0, 6, len(site.ids))
    site.session.library.activations.put(site.ids, seen.astype(np.float16))
    for place, image_id in enumerate(site.ids):
        if place % 2 == 0:
            own.rate(site.session, [image_id], stars=1 + 5 * place // len(site.ids))
    yield site
    own.rate(site.session, site.ids, stars=0)
    for name in critics.names(site.session):
        critics.remove(site.session, name)


def test_stars_become_an_order_with_one_button_and_votes_are_shown(starred, open_page):
    page = open_page(f"{starred.url}/critic")
    assert page.get_by_text("A critic of your own").is_visible()
    page.get_by_role("button", name="Learn from my stars").click()
    page.wait_for_url("**/critic?critic=stars")
    assert page.locator(".nears [data-id]").first.get_attribute("data-id") in starred.ids[-4:]
    assert page.get_by_role("heading", name="How votes would fall").is_visible()
    page.locator(".nears a.number").nth(1).click()
    page.wait_for_url("**image=*")
    second = page.locator(".nears [data-id]").nth(1).get_attribute("data-id")
    assert page.locator("aside a.tile").get_attribute("href") == f"/images/{second}"
    page.get_by_role("link", name="Worst").click()
    page.wait_for_url("**sort=score*")
    assert page.locator(".nears [data-id]").first.get_attribute("data-id") in starred.ids[:4]
