"""Jobs: the numbers move by themselves, and what failed is told with its reason."""

import pytest

from tests.pages.conftest import until

pytestmark = pytest.mark.browser


def test_failures_are_listed(site, open_page):
    page = open_page(site.url + "/jobs")
    assert page.get_by_text("1 file could not be read").is_visible()
    assert page.locator("td.path").inner_text().endswith("broken.jpg")
    assert page.locator("td").nth(1).inner_text() != ""


def test_a_job_moves_by_itself_and_ends(empty, open_page):
    jobs = empty.session.library.jobs
    page = open_page(empty.url + "/jobs")
    assert page.get_by_text("No work was done").is_visible()
    job = jobs.start("add", "/photos")
    page.reload()
    assert page.locator(".job").count() == 1
    for done in (10, 20):
        jobs.update(
            job,
            phase="Reading pictures",
            done=done,
            total=40,
            rate=5.0,
            remaining=(40 - done) / 5,
            failures=1,
            message=f"p{done}.jpg",
        )
        until(page, f"document.querySelector('[data-progress]').textContent.startsWith('{done} of 40')")
        assert page.title().startswith(f"{done * 100 // 40} %")
    assert "5.0 a second" in page.locator("[data-progress]").inner_text()
    assert page.locator("[data-now]").inner_text() == "p20.jpg"
    assert "1 could not be read" in page.locator(".job .mid").inner_text()
    jobs.finish(job, "failed", "No space is left where the library lies.")
    page.wait_for_selector(".job.gone")
    assert page.get_by_text("No space is left").is_visible()
    assert page.get_by_text("Nothing runs now").first.is_visible()
