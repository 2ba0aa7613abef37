"""Evolving in the browser: begun, a favourite chosen by keyboard, ten rounds, and a design taken away."""

import pytest

from leitmotiv.workflows import evolving, queue
from tests.pages.conftest import until

pytestmark = pytest.mark.browser


def work(site):
    """What the worker beside the server does."""
    for job in site.session.library.jobs.waiting():
        if job.kind == "evolve":
            queue.resolve(queue.KINDS["evolve"].work)(site.session, job.parameters, lambda _step: None)
            queue.cancel(site.session, job.id)


def test_a_design_evolves_for_ten_rounds_under_a_critic_and_a_person(site, open_page, tmp_path):
    page = open_page(f"{site.url}/evolve", accept_downloads=True)
    page.locator(".design-of", has_text="Stars").click()
    page.get_by_label("Designs a round").fill("4")
    page.get_by_role("button", name="Begin").click()
    page.wait_for_url("**/evolve/*")
    number = int(page.url.rsplit("/", 1)[1])
    work(site)
    page.locator(".sheet .pick").nth(3).wait_for()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.locator(".pick[aria-pressed=true]").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    row = int(page.locator(".pick[aria-pressed=true]").get_attribute("data-row"))
    assert evolving.of(site.session, number)[1][0].picks == (row,)
    page.keyboard.press("Control+z")
    page.locator(".toast", has_text="Undone: choice in round 1").wait_for()
    until(page, "!document.querySelector('.pick[aria-pressed=true]')")
    assert evolving.of(site.session, number)[1][0].picks == ()
    first, second = (page.locator(".sheet .pick").nth(at).get_attribute("data-row") for at in (2, 3))
    page.evaluate("() => { for (const at of [2, 3]) document.querySelectorAll('.sheet .pick')[at].click(); }")
    until(page, "document.querySelectorAll('.pick[aria-pressed=true]').length === 2")
    assert evolving.of(site.session, number)[1][0].picks == (int(first), int(second))
    page.keyboard.press("n")
    page.locator("[data-job]").wait_for()
    page.keyboard.press("a")  # while a round is made: it is remembered
    page.locator(".toast", has_text="After this round the critic goes on").wait_for()
    work(site)
    page.locator("h1 + .note", has_text="round 2 of 10").wait_for()
    page.locator("[data-job]").wait_for()
    work(site)
    page.locator("h1 + .note", has_text="round 10 of 10").wait_for()
    assert page.locator(".winners li").count() == 10
    assert page.locator(".winners .yours").count() == 1
    until(page, "[...document.querySelectorAll('.sheet img')].every((one) => one.naturalWidth > 0)")
    for kind, head in (("svg", b"<svg"), ("png", b"\x89PNG")):
        with page.expect_download() as coming:
            page.locator(f"[data-keep={kind}]").click()
        assert coming.value.suggested_filename.endswith(f".{kind}")
        assert coming.value.path().read_bytes().startswith(head)
    page.goto(f"{site.url}/evolve")
    page.once("dialog", lambda asked: asked.accept())
    page.locator(f"[data-remove='{number}']").click()
    page.locator(f"[data-remove='{number}']").wait_for(state="detached")
    assert number not in {run.id for run in evolving.listed(site.session)}
