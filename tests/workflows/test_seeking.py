"""Search over a small real library of patches of colour."""

import io
import os
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from leitmotiv.analysis import colour_words
from leitmotiv.errors import ImageNotFoundError, ImageReadError, UsageError
from leitmotiv.records import WordScores
from leitmotiv.settings import Settings
from leitmotiv.workflows import components, offers, rankings, regions, scoring, seeking, spaces, uploads
from leitmotiv.workflows.ingest import add_directories
from leitmotiv.workflows.session import Session
from tests.analysis.looks import patchwork

RED, BLUE, YELLOW = (200, 40, 40), (40, 60, 190), (230, 200, 60)
TOP, BOTTOM, ALL = slice(0, 26), slice(54, 80), slice(0, 120)
GREYS = [(60, 60, 60), (90, 90, 95), (120, 115, 110), (150, 150, 150), (180, 185, 180)]
PICTURES = {
    "red-top": patchwork(GREYS[1], (RED, TOP, ALL)),
    "red-bottom": patchwork(GREYS[1], (RED, BOTTOM, ALL)),
    "red-dot": patchwork(GREYS[2], (RED, slice(30, 47), slice(50, 67))),
    "flag": patchwork(GREYS[3], (RED, TOP, ALL), (BLUE, BOTTOM, ALL)),
    "sun-left": patchwork(BLUE, (YELLOW, slice(20, 60), slice(10, 50))),
    "sun-right": patchwork(BLUE, (YELLOW, slice(20, 60), slice(70, 110))),
    **{f"grey-{at}": patchwork(GREYS[at % 5], (GREYS[(at + 2) % 5], slice(20 + at, 60), ALL)) for at in range(12)},
}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("seeking")
    (folder / "photos").mkdir()
    for name, pixels in PICTURES.items():
        Image.fromarray(pixels).save(folder / "photos" / f"{name}.png")
    with Session(replace(Settings(), library=folder / "library", workers=1)) as session:
        add_directories(session, [folder / "photos"])
    return folder


@pytest.fixture
def session(made: Path) -> Iterator[Session]:
    with Session(replace(Settings(), library=made / "library", workers=1)) as opened:
        yield opened


def found(session: Session, text: str, **more) -> list[str]:
    return [Path(result.path).stem for result in seeking.search(session, text, **more).results]


def id_of(session: Session, name: str) -> str:
    (one,) = [one for one in session.library.images.many(session.library.images.ids()) if Path(one.path).stem == name]
    return one.id


def test_a_colour_is_found_where_it_is(session):
    red = "colour:#c82828"
    assert set(found(session, red)) == {"red-top", "red-bottom", "flag"}
    assert found(session, red, n=4, everything=True)[3] == "red-dot"
    assert set(found(session, f"{red}@top", n=2)) == {"red-top", "flag"}
    assert found(session, f"{red}@bottom")[0] == "red-bottom"
    assert found(session, f"{red}:3%")[0] == "red-dot"
    assert found(session, f"{red}@centre:8%")[0] == "red-dot"


def test_several_colours_are_a_palette_and_a_minus_counts_against(session):
    assert found(session, "colour:#c82828@top colour:#283cbe@bottom")[0] == "flag"
    assert found(session, "colour:#c82828@top - colour:#283cbe")[0] == "red-top"
    ranking = seeking.search(session, "2*colour:#c82828 - colour:#283cbe", everything=True, n=99)
    flag = next(result for result in ranking.results if "flag" in result.path)
    assert flag.parts[0] > 0 > flag.parts[1]
    assert all(sum(result.parts) == pytest.approx(result.score) for result in ranking.results)
    assert ranking.terms == ("#c82828", "#283cbe")
    scores = [result.score for result in ranking.results]
    assert scores == sorted(scores, reverse=True)


def test_the_ranking_ends_where_chance_begins_unless_all_is_asked_for(session):
    ranking = seeking.search(session, "colour:#c82828", n=99)
    assert ranking.cut == len(ranking.results)
    assert 3 <= ranking.cut <= 5
    assert ranking.total == len(PICTURES)
    everything = seeking.search(session, "colour:#c82828", n=99, everything=True)
    assert len(everything.results) == len(PICTURES)
    assert everything.results[: ranking.cut] == ranking.results
    paged = [seeking.search(session, "colour:#c82828", n=7, offset=at, everything=True).results for at in (0, 7, 14)]
    assert sum(paged, ()) == everything.results


def test_where_nothing_stands_out_the_best_are_shown_and_it_is_said(session):
    ranking = seeking.search(session, "colour:#00ff00", n=5)
    assert ranking.cut == 0
    assert len(ranking.results) == 5


def test_filters_choose_among_the_results_and_alone_keep_the_order_of_dates(session):
    assert set(found(session, "colour:#c82828 name:red-*")) == {"red-top", "red-bottom"}
    assert "flag" not in found(session, "colour:#c82828 -name:flag", everything=True, n=99)
    only = seeking.search(session, "name:grey-*", n=99)
    assert only.total == 12
    assert only.cut is None
    with pytest.raises(UsageError, match="nothing to look for"):
        seeking.read_asked(session, "")
    with pytest.raises(UsageError, match="filter"):
        seeking.search(session, "nosuch:3")


def test_a_sketch_finds_what_it_shows_with_a_ground_and_without(session):
    blob = "25.50.18.18.0.e6c83c"
    assert found(session, f"sketch:150_{blob}")[0] == "sun-left"
    ranking = seeking.search(session, f"sketch:150_{blob}_g283cbe")
    assert "sun-left" in ranking.results[0].path
    assert 0 < ranking.results[0].divergence < 0.3


def test_a_picture_of_the_library_is_left_out_of_what_is_like_it(session):
    one = id_of(session, "red-top")
    names = found(session, f"[img:{one[:8]}]", n=99, everything=True)
    assert "red-top" not in names
    assert len(names) == len(PICTURES) - 1
    assert names[0] in ("flag", "red-bottom")
    with pytest.raises(ImageNotFoundError):
        seeking.search(session, "[img:ffffffff]")


def test_a_region_is_found_anywhere_or_in_the_same_place(session):
    one = id_of(session, "sun-left")
    box = "5,20,40,60"
    assert found(session, f"[img:{one}@{box}]")[0] == "sun-right"
    here = seeking.search(session, f"[img:{one}@{box}:here]", everything=True, n=99)
    anywhere = seeking.search(session, f"[img:{one}@{box}]", everything=True, n=99)
    right = [next(r.score for r in ranking.results if "sun-right" in r.path) for ranking in (here, anywhere)]
    assert right[1] > right[0] + 0.1


def test_a_region_of_a_picture_that_is_away_comes_from_its_mixture(session, monkeypatch):
    one = id_of(session, "sun-left")

    def away(path, **more):
        raise ImageReadError(os.fsdecode(path), "it is no longer there")

    monkeypatch.setattr(regions.reading, "read_pixels", away)
    session.memory.clear()
    assert found(session, f"[img:{one}@5,20,40,60]")[0] == "sun-right"


def test_a_file_is_a_term_in_the_library_or_not(session, made, tmp_path):
    assert "red-top" not in found(session, "", files=[made / "photos" / "red-top.png"], n=1)
    Image.fromarray(patchwork((95, 95, 95), (RED, TOP, ALL))).save(tmp_path / "other.png")
    assert found(session, "", files=[tmp_path / "other.png"])[0] == "red-top"


def test_an_upload_is_kept_under_its_hash_and_looked_for(session):
    data = io.BytesIO()
    Image.fromarray(patchwork((95, 95, 95), (RED, TOP, ALL))).save(data, "PNG")
    kept = uploads.keep(session, data.getvalue())
    assert uploads.keep(session, data.getvalue()).id == kept.id
    assert (kept.width, kept.height) == (120, 80)
    assert found(session, f"upload:{kept.id}")[0] == "red-top"
    assert len(session.library.images.ids()) == len(PICTURES)


@pytest.mark.parametrize("like", ["like:look", "like:subject"])
def test_a_picture_of_the_library_that_is_handed_in_is_left_out_as_by_its_path(made, tmp_path, like):
    shutil.copytree(made / "library", tmp_path / "library")
    path = made / "photos" / "flag.png"
    again = io.BytesIO()  # other bytes, the same pixels
    Image.open(path).save(again, "PNG", compress_level=1)
    assert again.getvalue() != path.read_bytes()
    with Session(replace(Settings(), library=tmp_path / "library", workers=1)) as session:
        ids = session.library.images.ids()
        session.library.activations.put(ids, np.random.default_rng(0).gamma(0.4, 0.25, (len(ids), 1280)).astype("f2"))
        wanted = found(session, f"[img:{id_of(session, 'flag')}] {like}", n=99, everything=True)
        assert len(wanted) == len(PICTURES) - 1
        assert found(session, like, files=[path], n=99, everything=True) == wanted
        for data in (path.read_bytes(), again.getvalue()):
            kept = uploads.keep(session, data)
            assert found(session, f"upload:{kept.id} {like}", n=99, everything=True) == wanted


def test_an_upload_that_is_no_picture_or_is_gone_is_told_so(session):
    with pytest.raises(ImageReadError, match="cannot be looked for"):
        uploads.keep(session, b"no picture at all")
    with pytest.raises(ImageNotFoundError, match="Hand it in again"):
        seeking.search(session, f"upload:{'0' * 64}")
    with pytest.raises(UsageError, match="MB"):
        uploads.keep(session, b"\xff" * int(1e6 * session.settings.max_upload_megabytes + 1))


def test_the_table_of_components_grows_with_the_library(session):
    ids = session.library.images.ids()
    table = components.side_by_side(session, ids)
    assert components.side_by_side(session, ids) is table
    fewer = components.side_by_side(session, ids[3:])
    again = components.side_by_side(session, ids)
    assert len(fewer) == len(ids) - 3
    assert sorted(map(tuple, again.table.T)) == sorted(map(tuple, table.table.T))
    assert np.array_equal(again.owner, table.owner)


def test_the_library_offers_colours_that_it_has(session):
    offered = offers.colours(session)
    assert 3 <= len(offered) <= offers.MOST_COLOURS
    reds = [swatch for swatch in offered if int(swatch.colour[1:3], 16) > 2 * int(swatch.colour[3:5], 16)]
    assert reds


@pytest.fixture
def heard(session: Session, monkeypatch: pytest.MonkeyPatch) -> Session:
    """Words that know the pictures by their names: the more of its letters stand in a name, the better it fits."""

    def scores(session: Session, text: str) -> WordScores:
        images = session.library.images.many(session.library.images.ids())
        fits = np.array([sum(letter in Path(one.path).stem for letter in text) for one in images], float)
        named = sum(text in Path(one.path).stem for one in images)
        values = fits - fits.mean()
        return WordScores(tuple(one.id for one in images), values / max(values.std(), 1), named, ("near",), text)

    monkeypatch.setattr(scoring.words, "scores", scores)
    session.memory.clear()
    return session


def test_words_are_added_taken_away_and_cut_off_where_they_say(heard):
    ranking = seeking.search(heard, "sun", n=99)
    assert {Path(result.path).stem for result in ranking.results} == {"sun-left", "sun-right"}
    assert (ranking.cut, ranking.nearest, ranking.unit) == (2, ("near",), "standard deviations")
    assert set(found(heard, "sun + flag", n=3)) == {"sun-left", "sun-right", "flag"}
    assert "sun-left" not in found(heard, "sun - left", n=1)
    assert found(heard, "sun-left", n=1) == ["sun-right"]
    nothing = seeking.search(heard, "zzz", n=4)
    assert (nothing.cut, len(nothing.results)) == (0, 0)


def test_words_and_looks_are_joined_and_each_share_is_exact(heard):
    flag = id_of(heard, "flag")[:9]
    ranking = seeking.search(heard, f'2*"red" & colour:#c82828 - [img:{flag}] like:look', n=99)
    assert ranking.terms[:2] == ("red", "#c82828")
    assert Path(ranking.results[0].path).stem in ("red-top", "red-bottom")
    for result in seeking.search(heard, 'sun + "red" -colour:#c82828', n=99, everything=True).results:
        assert sum(result.parts) == pytest.approx(result.score)
    assert found(heard, "red sun", n=1) != []


def test_places_in_a_ranking_are_pictures(heard, tmp_path):
    names = rankings.named(heard, "colour:#c82828")
    one = seeking.search(heard, "[IMG_1] + sun like:look", numbered=names, n=99, everything=True)
    assert one.query["q"] == f"[img:{names[1][:16]}] + sun like:look"
    assert rankings.named(heard, "/search?q=colour:%23c82828") == names
    assert rankings.named(heard, f"/ranked/{names[0]}")[0] != names[0]
    both = found(heard, "[IMG_0]+[IMG_2]", numbered=names, n=99, everything=True)
    assert len(both) == len(PICTURES) - 2
    with pytest.raises(UsageError, match="Name it"):
        seeking.search(heard, "[IMG_1]")
    for name in ("/clusters", "[IMG_0]"):
        with pytest.raises(UsageError, match=r"address of no ranking|Name it"):
            rankings.named(heard, name)
    (tmp_path / "list").write_bytes(b"\0".join(one.encode() for one in names))
    assert rankings.of_file(heard, tmp_path / "list") == names
    paths = "\n".join(Path(one.path).as_posix() for one in seeking.search(heard, "colour:#c82828").results)
    (tmp_path / "paths").write_text(paths)
    assert rankings.of_file(heard, tmp_path / "paths") == names[: paths.count("\n") + 1]
    (tmp_path / "nothing").write_text("{}")
    with pytest.raises(UsageError, match="lists no picture"):
        rankings.of_file(heard, tmp_path / "nothing")
    with pytest.raises(ImageReadError):
        rankings.of_file(heard, tmp_path / "missing")


def test_vectors_are_added_subtracted_and_projected_with_exact_shares(heard, monkeypatch):
    ids = heard.library.images.ids()
    rng = np.random.default_rng(1)
    places = rng.normal(size=(len(ids), 4)).astype(np.float32)
    places /= np.linalg.norm(places, axis=1, keepdims=True)
    monkeypatch.setattr(spaces.words, "picture_vectors", lambda session: (tuple(ids), places))
    axes = {"red": np.eye(4, dtype=np.float32)[0], "sun": np.eye(4, dtype=np.float32)[1]}
    monkeypatch.setattr(spaces.words, "vector", lambda session, text: axes[text])
    ranking = seeking.search(heard, "red", n=99, mode="sum")
    assert [result.score for result in ranking.results] == pytest.approx(sorted(places[:, 0], reverse=True), abs=1e-6)
    assert (ranking.unit, ranking.cut) == ("cosine", None)
    for mode in ("sum", "projection", "classic"):
        for result in seeking.search(heard, "red - sun", n=99, mode=mode).results:
            assert sum(result.parts) == pytest.approx(result.score)
    out = seeking.search(heard, f"[img:{ids[0][:9]}] - sun", n=1, mode="projection").results[0]
    assert out.id != ids[0]
    refused = {"red | sun": "no meaning", "red + colour:blue": "have vectors", "red + sun - red": "classic"}
    for line, said in refused.items():
        with pytest.raises(UsageError, match=said):
            seeking.search(heard, line, mode="classic")
    with pytest.raises(UsageError, match="no way to put"):
        seeking.search(heard, "red", mode="magic")
    with pytest.raises(UsageError, match="something that is wanted"):
        seeking.search(heard, "-red", mode="projection")


@pytest.mark.parametrize("line", ["-colour:blue", "NOT blue", "-red - blue", "blue - 2*blue", "-(red | blue)"])
def test_what_has_the_least_of_colours_comes_first_where_they_are_only_taken_away(session, line):
    ranking = seeking.search(session, line, n=99)
    assert (len(ranking.results), ranking.cut) == (len(PICTURES), 0)
    assert "sun" not in ranking.results[0].path
    assert {Path(one.path).stem for one in ranking.results[-2:]} <= {
        "flag",
        "sun-left",
        "sun-right",
        "red-top",
        "red-bottom",
    }


def test_a_name_of_a_colour_finds_whatever_visibly_has_it_however_many_do(session):
    has_blue = {"flag", "sun-left", "sun-right"}
    ranking = seeking.search(session, "colour:blue", n=99)
    assert {Path(one.path).stem for one in ranking.results} == has_blue
    assert ranking.results[0].score == pytest.approx(1.1 * 0.83 / 0.93, abs=0.05)
    assert set(found(session, "colour:grey", n=99)) == set(PICTURES) - {"sun-left", "sun-right"}
    assert set(found(session, "colour:blue@bottom", n=99)) == has_blue
    assert set(found(session, "colour:blue - colour:yellow", n=99)) == {"flag"}
    assert set(found(session, "colour:yellow colour:blue", n=99)) == {"sun-left", "sun-right"}
    assert found(session, "colour:red:3%", n=99) == ["red-dot"]


def test_beside_what_pictures_show_a_spot_of_a_colour_is_enough(heard, monkeypatch):
    """A dot of red on nearly 3 % of the frame is red beside a word, and no red picture alone."""
    monkeypatch.setattr(colour_words, "SPOT", 0.02)
    assert "red-dot" not in found(heard, "colour:red", n=99)
    share = scoring.said(heard, seeking.read(heard, "colour:red").terms[0], heard.library.images.ids(), 1.0)
    dot = heard.library.images.ids().index(id_of(heard, "red-dot"))
    assert share.there is not None
    assert share.beside is not None
    assert (share.there[dot], share.beside[dot]) == (False, True)
    assert "red-dot" in found(heard, "dot colour:red", n=99)
