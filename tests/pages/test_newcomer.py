"""A newcomer's way: scores a folder, rates twenty pictures, sees the order change, keeps one of a burst, evolves."""

import datetime
import json
import os
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image
from skimage import data

from benchmarks import damage
from leitmotiv.cli.main import main
from leitmotiv.imaging.read import shrink
from leitmotiv.settings import Settings
from leitmotiv.workflows import activations, bursts, critics, evolving, own, technical
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.pages.conftest import Site, paint, serve, until
from tests.pages.test_evolve import work

pytestmark = pytest.mark.browser
NOON = datetime.datetime(2025, 6, 14, 12, 0)
COUNT = 24


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    """Twenty-four pictures, of which three are one moment: one soft, one sharp, one with blocks."""
    folder, rng = tmp_path_factory.mktemp("newcomer") / "photos", np.random.default_rng(0)
    folder.mkdir()
    sharp = shrink(np.asarray(data.coffee()), 240)
    burst = [damage.gaussian(sharp, 4, rng), sharp, damage.jpeg(sharp, 4, rng)]
    for number in range(COUNT):
        taken = NOON + datetime.timedelta(seconds=2 * number if number < 3 else 4000 * number)
        exif = Image.Exif()
        exif.get_ifd(0x8769)[0x9003] = taken.strftime("%Y:%m:%d %H:%M:%S")
        path = folder / f"p{number:03}.jpg"
        (Image.fromarray(burst[number]) if number < 3 else paint(number)).save(path, quality=92, exif=exif)
        os.utime(path, (taken.timestamp(), taken.timestamp()))
    return folder


@pytest.fixture(scope="module")
def walked(photos):
    with Session(replace(Settings(), library=photos.parent / "library", workers=1, words="wordllama")) as session:
        add_directories(session, [photos])
        build_index(session)
        activations.ensure(session)
        technical.ensure(session)
        for url in serve(session):
            yield Site(session, url)


def run(site, *arguments):
    with pytest.raises(SystemExit) as ended:
        main([*map(str, arguments), "--library", str(site.session.settings.library)])
    return ended.value.code or 0


def order(page):
    return page.locator(".nears [data-id]").evaluate_all("all => all.map((one) => one.dataset.id)")


def test_a_newcomer_comes_to_an_order_of_their_own(walked, photos, open_page, capsys):
    assert run(walked, "critic", "score", photos, "--critic", "technical", "--json") == 0
    scored = json.loads(capsys.readouterr().out)
    assert len(scored["results"]) == COUNT
    assert scored["mean"] == pytest.approx(np.mean([one["score"] for one in scored["results"]]))
    page = open_page(f"{walked.url}/critic?critic=technical")
    before = order(page)
    assert len(before) == COUNT
    assert page.get_by_text("in the mean").first.is_visible()
    assert page.locator(".critic-figures td").count() > 0  # each figure of the card, and beside it its baseline
    page.goto(f"{walked.url}/")
    page.locator("main [data-id]").first.wait_for()
    for place in range(20):
        page.keyboard.press("ArrowRight")
        page.keyboard.press("51324"[place % 5])
    until(page, "document.activeElement")
    for _ in range(100):
        if len(rated := {one: r.stars for one, r in walked.session.library.ratings.all().items() if r.stars}) == 20:
            break
        page.wait_for_timeout(50)
    assert len(rated) == 20
    page.goto(f"{walked.url}/critic/pairs")
    page.locator("[data-choose=left]").wait_for()
    page.goto(f"{walked.url}/critic")
    page.get_by_role("button", name="Learn from my stars").click()
    page.wait_for_url("**/critic?critic=stars")
    after = order(page)
    assert set(after) == set(before)
    assert after != before
    worth = [rated[one] for one in after if one in rated]
    assert np.mean(worth[:8]) > np.mean(worth[-8:])


def test_pairs_are_chosen_by_keys_alone_and_taken_back(walked, open_page):
    page = open_page(f"{walked.url}/critic/pairs")
    page.locator("[data-choose=left]").wait_for()
    compared = walked.session.library.comparisons
    asked, decided = len(compared.asked()), len(compared.all())
    orders = page.locator("[data-orders]").inner_text()
    for count, key in enumerate(("ArrowLeft", "ArrowRight", "ArrowDown"), 1):
        ids = [page.locator(f"[data-choose={side}]").get_attribute("data-id") for side in ("left", "right")]
        page.keyboard.press(key)
        until(
            page,
            f"document.querySelector('[data-choose=left]').dataset.id !== '{ids[0]}' || "
            f"document.querySelector('[data-choose=right]').dataset.id !== '{ids[1]}'",
        )
        assert len(compared.asked()) == asked + count
        if key != "ArrowDown":
            assert tuple(ids if key == "ArrowLeft" else ids[::-1]) in set(compared.all())
    assert len(compared.all()) == decided + 2
    assert page.locator("[data-known]").inner_text().startswith(f"{decided + 2} pairs")
    until(page, f"document.querySelector('[data-orders]').innerText !== {json.dumps(orders)}")
    page.keyboard.press("ArrowUp")
    until(page, "true")
    for _ in range(100):
        if len(compared.asked()) == asked + 2:
            break
        page.wait_for_timeout(50)
    assert len(compared.asked()) == asked + 2


def test_the_keeper_of_a_burst_is_proposed_with_reasons_and_changed(walked, open_page):
    page = open_page(f"{walked.url}/keepers")
    (burst,) = bursts.bursts(walked.session)
    own.rate(walked.session, [one.image.id for one in burst.members], rejected=False)
    page.reload()
    (burst,) = bursts.bursts(walked.session)
    assert len(burst.members) == 3
    kept = page.locator(".near.kept")
    assert kept.get_attribute("data-member") == burst.keeper.image.id
    assert "Keep" in kept.inner_text()
    other = page.locator(".near:not(.kept)").first.get_attribute("data-member")
    page.locator(f"[data-member='{other}'] [data-keep]").click()
    until(page, f"document.querySelector('.near.kept')?.dataset.member === '{other}'")
    assert "you chose it" in page.locator(".near.kept").inner_text()
    page.get_by_role("button", name="Reject the others").click()
    for _ in range(100):
        if sum(one.rejected for one in walked.session.library.ratings.all().values()) == 2:
            break
        page.wait_for_timeout(50)
    assert not walked.session.library.ratings.all().get(other, own.Rating()).rejected
    assert sum(one.rejected for one in walked.session.library.ratings.all().values()) == 2


def test_a_design_evolves_for_ten_rounds_in_the_browser_and_at_a_terminal(walked, open_page, tmp_path, capsys):
    page = open_page(f"{walked.url}/evolve")
    page.locator(".design-of", has_text="Posters with letters").click()
    page.get_by_label("Designs a round").fill("4")
    page.get_by_label("Judged by").select_option("plain")
    page.get_by_role("button", name="Let the critic go on alone").click()
    page.wait_for_url("**/evolve/*")
    number = int(page.url.rsplit("/", 1)[1])
    work(walked)
    page.locator("h1 + .note", has_text="round 10 of 10").wait_for()
    assert page.locator(".winners li").count() == 10
    _, rounds = evolving.of(walked.session, number)
    assert len(rounds) == 10
    asked = ("evolve", "--design", "lettering", "--critic", "plain", "--batch", 4, "--rounds", 10, "--seed", 0)
    assert run(walked, *asked, "-o", tmp_path / "designs", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert len(told["winners"]) == 10
    assert (tmp_path / "designs" / "winners.png").read_bytes().startswith(b"\x89PNG")
    assert critics.TECHNICAL in critics.every(walked.session)
