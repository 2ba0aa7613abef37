"""Duplicates in a browser: walk, decide, compare under one zoom, and carry a plan out and back."""

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from leitmotiv.settings import Settings
from leitmotiv.workflows.duplicates import find_duplicates
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.imaging.test_keypoints import crowded
from tests.pages.conftest import Site, serve, until

pytestmark = pytest.mark.browser


@pytest.fixture
def twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Two pictures with copies: a crop and a mirrored one of the first, a smaller one of the second."""
    import send2trash.plat_other as theirs

    monkeypatch.setattr(theirs, "HOMETRASH_B", os.fsencode(tmp_path / "data" / "Trash"))
    monkeypatch.setattr(theirs, "XDG_DATA_HOME", os.fsencode(tmp_path / "data"))
    folder = tmp_path / "photos"
    folder.mkdir()
    first, second = (Image.fromarray(crowded(seed)).resize((960, 720)) for seed in (0, 1))
    first.save(folder / "first.png")
    first.crop((96, 72, 768, 576)).save(folder / "first crop.jpg", quality=92)
    first.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(folder / "first flipped.png")
    second.save(folder / "second.png")
    second.resize((320, 240)).save(folder / "second small.jpg", quality=92)
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as session:
        add_directories(session, [folder])
        find_duplicates(session)
        for url in serve(session):
            yield Site(session, url, [str(folder)])


HERE = "document.activeElement.closest('.copy')?.dataset.name"


def test_groups_are_walked_and_decided_by_keys_alone(twice, open_page):
    page = open_page(twice.url + "/duplicates")
    assert page.locator(".group").count() == 2
    assert page.locator(".copy .frame[tabindex='0']").count() == 1
    page.keyboard.press("ArrowDown")
    until(page, HERE)
    first = page.evaluate(HERE)
    page.keyboard.press("ArrowRight")
    assert page.evaluate(HERE) != first
    page.keyboard.press("x")
    until(page, "document.querySelectorAll('.copy.is-remove').length === 1")
    until(page, f"{HERE} !== undefined")
    page.keyboard.press("Control+z")
    until(page, "document.querySelectorAll('.copy.is-remove').length === 0")
    page.keyboard.press("a")
    until(page, "document.querySelectorAll('.group.decided').length === 1")
    page.keyboard.press("ArrowDown")
    until(page, f"{HERE} !== {first!r}")
    page.keyboard.press("?")
    assert "Not a copy" in page.locator("dialog.keys").inner_text()


def test_both_pictures_move_under_one_zoom(twice, open_page):
    page = open_page(twice.url + "/duplicates")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("c")
    until(page, "document.querySelector('dialog.compare').open")
    until(page, "[...document.querySelectorAll('.pane img')].every((one) => one.complete && one.naturalWidth)")

    matrices = (
        "[...document.querySelectorAll('.pane img')].map((one) => new DOMMatrix(getComputedStyle(one).transform))"
    )
    page.keyboard.press("1")
    assert page.evaluate(f"{matrices}.map((one) => Math.abs(one.a))") == [1, 1]
    assert page.locator("[data-scale]").inner_text() == "100 %"
    where = f"{matrices}.map((one) => one.e)"
    before = page.evaluate(where)
    page.keyboard.press("ArrowLeft")
    after = page.evaluate(where)
    assert [b - a for a, b in zip(before, after, strict=True)] == [60, 60]
    page.keyboard.press("s")
    assert page.locator(".panes").get_attribute("data-mode") == "slider"
    page.keyboard.press("ArrowRight")
    assert page.evaluate("getComputedStyle(document.querySelector('.panes')).getPropertyValue('--line-at')") == "52%"
    page.keyboard.press("w")
    page.keyboard.down(" ")
    until(page, "document.querySelector('.panes').classList.contains('turned')")
    page.keyboard.up(" ")
    until(page, "!document.querySelector('.panes').classList.contains('turned')")
    page.keyboard.press("Escape")
    until(page, "!document.querySelector('dialog.compare').open")
    assert page.evaluate(HERE)


@pytest.mark.parametrize(("width", "scheme"), [(1440, "dark"), (390, "light")])
def test_a_plan_is_previewed_carried_out_and_taken_back(twice, open_page, width, scheme):
    from axe_playwright_python.sync_playwright import Axe

    page = open_page(twice.url + "/duplicates", width=width, scheme=scheme)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()
    page.get_by_role("button", name="Accept 2 proposals").click()
    until(page, "document.querySelector('[data-do=plan]')")
    page.locator("[data-do=plan]").click()
    until(page, "document.querySelector('dialog.plan').open")
    assert len(list(Path(twice.ids[0]).iterdir())) == 5
    page.get_by_role("button", name="Move 3 files to the trash").click()
    until(page, "document.querySelectorAll('.group').length === 0")
    assert sorted(one.name for one in Path(twice.ids[0]).iterdir()) == ["first.png", "second.png"]
    page.locator("[data-do=back]").first.click()
    until(page, "document.querySelectorAll('.group').length === 2")
    assert len(list(Path(twice.ids[0]).iterdir())) == 5
    until(page, "document.documentElement.scrollWidth <= innerWidth")
