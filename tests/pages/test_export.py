"""Export: a wish is written, downloaded, listed and removed, by mouse and by keyboard; the site opens from the disk."""

import zipfile
from pathlib import Path

import pytest

from leitmotiv.workflows import own, shelf
from tests.pages.browsers import close
from tests.pages.conftest import until

pytestmark = pytest.mark.browser


def test_a_table_is_written_downloaded_and_removed(site, open_page):
    page = open_page(site.url + "/export?q=name:p00*", accept_downloads=True)
    assert "10 pictures" in page.locator(".toolbar").inner_text()
    with page.expect_download() as download:
        page.locator('form[data-kind="csv"] button').click()
    assert download.value.path().read_bytes().count(b"\r\n") == 11
    name = page.locator("[data-shelf] li").first.get_attribute("data-name")
    assert name.endswith(" table.csv")
    page.reload()
    page.get_by_role("button", name=f"Remove {name}").focus()
    page.keyboard.press("Enter")
    until(page, f"![...document.querySelectorAll('[data-shelf] li')].some((one) => one.dataset.name === '{name}')")
    assert all(file.name != name for file in shelf.listed(site.session))


def test_options_are_sent_and_refusals_are_told(site, open_page):
    page = open_page(site.url + "/export")
    page.locator('form[data-kind="site"] input[name="title"]').fill("Dusk & dawn")
    page.locator('form[data-kind="site"] button').click()
    page.wait_for_selector("[data-shelf] li.fresh", timeout=30_000)
    newest = shelf.listed(site.session)[0]
    with zipfile.ZipFile(shelf.path(site.session, newest.name)) as archive:
        assert b'"title":"Dusk & dawn"' in archive.read("leitmotiv/data.js")
    page.goto(site.url + "/export?q=year:1800")
    assert page.locator('form[data-kind="csv"] button').is_disabled()


def test_a_change_is_undone_with_the_button_and_with_a_key(site, open_page):
    page = open_page(site.url + "/export")
    own.rate(site.session, site.ids[:1], stars=5)
    page.keyboard.press("Control+z")
    page.wait_for_selector(".toast")
    assert page.locator(".toast").inner_text().startswith("Undone: 5 stars for 1 picture")
    assert site.session.library.ratings.all() == {}
    page.keyboard.press("Control+Shift+Z")
    until(page, "document.querySelector('.toast').textContent.startsWith('Done again: 5 stars')")
    assert site.session.library.ratings.all()[site.ids[0]].stars == 5
    page.locator("#of").focus()
    page.keyboard.press("Control+z")
    assert site.session.library.ratings.all()[site.ids[0]].stars == 5
    own.undo(site.session)


def test_the_site_opens_from_the_disk(site, browser, tmp_path):
    made = shelf.make(site.session, {"kind": "site", "title": "Sixty"})
    with zipfile.ZipFile(shelf.path(site.session, made.name)) as archive:
        archive.extractall(tmp_path)
    context = browser.new_context(viewport={"width": 900, "height": 700})
    page = context.new_page()
    faults = []
    page.on("console", lambda message: faults.append(message.text))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("request", lambda request: faults.append(request.url) if not request.url.startswith("file:") else None)
    page.goto((tmp_path / "leitmotiv" / "index.html").as_uri())
    page.wait_for_selector(".group")
    assert "60 pictures in" in page.locator("#sum").inner_text()
    until(page, "document.querySelector('.tile img').naturalWidth > 0")
    before = page.locator("#sum").inner_text()
    page.locator("#count").focus()
    page.keyboard.press("End")
    assert page.locator("#sum").inner_text() != before
    page.locator(".tile").first.click()
    assert page.locator("dialog[open] figcaption").inner_text().count("·") == 2
    first = page.locator("#large").get_attribute("src")
    page.keyboard.press("ArrowRight")
    assert page.locator("#large").get_attribute("src") != first or page.locator(".tile").count() == 1
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert faults == []
    close(context)


def test_sidecars_are_previewed_and_then_written(site, open_page, tmp_path):
    (photos, _, _) = site.session.library.folders.list()[0]
    own.rate(site.session, site.ids[:2], stars=2)
    page = open_page(site.url + "/export")
    form = page.locator('form[data-sidecars="write"]')
    form.locator('button[type="submit"]').click()
    page.wait_for_selector('form[data-sidecars="write"] .outcome:not([hidden])')
    assert "2 new files" in form.locator(".outcome").inner_text()
    assert form.locator(".outcome li").count() == 2
    page.keyboard.press("Enter")  # the button that writes has the focus
    until(
        page,
        "document.querySelector('form[data-sidecars=\"write\"] .outcome').textContent.startsWith('2 files written')",
    )
    own.undo(site.session)
    form = page.locator('form[data-sidecars="read"]')
    form.locator('button[type="submit"]').click()
    page.wait_for_selector('form[data-sidecars="read"] .outcome:not([hidden])')
    form.locator(".outcome button").click()
    until(
        page, "document.querySelector('form[data-sidecars=\"read\"] .outcome').textContent === 'Taken over: 2 ratings.'"
    )
    assert {site.session.library.ratings.all()[one].stars for one in site.ids[:2]} == {2}
    page.locator(".toast button").click()
    until(page, "document.querySelector('.toast').textContent.startsWith('Undone: ratings of 2 pictures')")
    for path in Path(photos.decode()).glob("*.xmp"):
        path.unlink()
