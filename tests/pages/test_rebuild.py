"""Fewer or more trends, found anew from the page of trends, and the usual ones brought back."""

import pytest

from leitmotiv.workflows import browse, queue

pytestmark = pytest.mark.browser


def do_next(site):
    """What the worker beside the server does."""
    [job] = [job for job in site.session.library.jobs.waiting() if job.kind == "index"]
    queue.resolve(queue.KINDS["index"].work)(site.session, job.parameters, lambda _step: None)
    queue.cancel(site.session, job.id)


def test_fewer_trends_are_found_from_the_page_and_the_usual_ones_brought_back(site, open_page):
    usual = browse.clusters(site.session).count
    page = open_page(site.url + "/clusters")
    page.locator("[data-rebuild] button", has_text="More").wait_for()
    assert page.locator("[data-rebuild] button").all_inner_texts() == ["Fewer", "More"]
    page.click("[data-rebuild] button >> text=Fewer")
    page.locator("[data-rebuild]", has_text="Finding trends").wait_for()
    do_next(site)
    back = page.locator("[data-rebuild] button", has_text="As usual")
    back.wait_for()
    assert f"fewer than the usual {usual}" in page.locator("[data-rebuild]").inner_text()
    assert int(page.locator("[data-count]").inner_text()) == browse.clusters(site.session).count < usual
    back.click()
    page.locator("[data-rebuild]", has_text="Finding trends").wait_for()
    do_next(site)
    back.wait_for(state="detached")
    assert browse.clusters(site.session).count == usual
