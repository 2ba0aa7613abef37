import shutil

import numpy as np
import pytest

from leitmotiv.errors import MissingExtraError, NotFoundError, RatingsError, UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import harmonies, rated_pictures, rating_sets, technical
from leitmotiv.workflows.session import Session
from tests.formats import rated_files as files
from tests.store.making import file, image, image_id, mixture

from .pictures import folder_of

CSV = "image,rater,rating\np000.jpg,ann,4\np000.jpg,bob,2\np001.jpg,ann,5\nlost.jpg,ann,1\n"


@pytest.fixture(scope="module")
def photos(tmp_path_factory):
    return folder_of(tmp_path_factory.mktemp("photos"), 4)


@pytest.fixture(scope="module")
def backbone(tmp_path_factory):
    """The real one, loaded once for all libraries of this file."""
    with Session(Settings(library=tmp_path_factory.mktemp("none") / "library")) as opened:
        return opened.backbone()


@pytest.fixture
def session(tmp_path, backbone, monkeypatch):
    """A library of three pictures, p000.jpg to p002.jpg, of which nothing but their names counts."""
    monkeypatch.setattr(Session, "backbone", lambda _: backbone)
    with Session(Settings(library=tmp_path / "library", workers=1)) as opened:
        for number in range(3):
            one = image(number)
            held = [file(f"/art/p00{number}.jpg".encode(), one)]
            opened.library.images.add(one, files=held, thumbnails={}, mixture=mixture(number))
        yield opened


def csv(folder, text: str = CSV):
    path = folder / "votes.csv"
    path.write_text(text)
    return path


def test_votes_find_their_pictures_in_the_library_and_keep_their_raters(session, tmp_path):
    done = rating_sets.keep(session, csv(tmp_path), "csv")
    assert (done.made.items, done.made.pictures, done.made.votes, done.made.raters) == (3, 2, 4, 2)
    assert done.left_out["missing"] == [("lost.jpg", "the library has no such picture")]
    assert rating_sets.all_sets(session) == [done.made]
    first, second, lost = session.library.rating_sets.items("votes")
    assert first.votes == (("ann", 4.0), ("bob", 2.0))
    assert second.image_id == image_id(1)
    assert lost.image_id == ""


def test_pictures_of_a_folder_are_seen_once_and_what_is_wrong_is_told(session, photos, tmp_path, monkeypatch):
    folder = tmp_path / "images"
    shutil.copytree(photos, folder)
    (folder / "p002.jpg").write_bytes((folder / "p000.jpg").read_bytes())
    (folder / "broken.jpg").write_bytes((folder / "p001.jpg").read_bytes()[:200])
    text = "image,rating\np000,5\nP001.JPG,1\np002.jpg,3\nbroken.jpg,2\nlost,4\n"
    done = rating_sets.keep(session, csv(tmp_path, text), "csv", images=folder, name="of a folder")
    told = {trouble: [key for key, _ in rows] for trouble, rows in done.left_out.items() if rows}
    assert told == {
        "missing": ["lost"],
        "damaged": ["broken.jpg"],
        "duplicate": ["p002.jpg"],
        "unrated": [str(folder / "p003.jpg")],
    }
    ids = [item.image_id for item in session.library.rating_sets.items("of a folder")]
    assert ids[0] == ids[2] != ids[1]
    seen = session.library.rating_sets.activations(ids)
    assert set(seen) == {ids[0], ids[1]}
    assert not np.array_equal(seen[ids[0]], seen[ids[1]])
    monkeypatch.setattr(rated_pictures, "see", lambda _, pictures: pytest.fail("seen again") if pictures else None)
    again = rating_sets.keep(session, csv(tmp_path, text), "csv", images=folder, name="of a folder")
    assert again.left_out == done.left_out
    assert len(rating_sets.all_sets(session)) == 1


def test_themes_are_drawn_and_differ(session, tmp_path):
    done = rating_sets.keep(session, files.themes(tmp_path / "release"), "themes")
    assert (done.made.pictures, done.made.votes, done.made.raters, done.made.scale) == (4, 12, 3, 5)
    ids = [item.image_id for item in session.library.rating_sets.items("themes")]
    assert len(set(ids)) == 4
    assert set(session.library.rating_sets.activations(ids)) == set(ids)


def test_themes_teach_a_harmony_that_pictures_are_told_by(session, tmp_path):
    picture = np.random.default_rng(0).integers(256, size=(40, 40, 3), dtype=np.uint8)
    assert "not learnt: 4 themes" in str(rating_sets.keep(session, files.themes(tmp_path / "few"), "themes"))
    assert harmonies.bar(session, picture) is None
    done = rating_sets.keep(session, files.themes(tmp_path / "many", themes=60, raters=2), "themes", name="a/b: c")
    assert "rank correlation" in done.learnt
    words, text, share = harmonies.bar(session, picture)
    assert (words, text.endswith(" of 5")) == ("Harmony, by 60 themes", True)
    assert 0 <= share <= 1
    told = [words for words, _, _ in technical.bars(technical.of_pixels(picture), harmonies.bar(session, picture))]
    assert told.index("Harmony, by 60 themes") == told.index("Harmony, by a formula") + 1
    session.library.models.put(harmonies.KIND, harmonies.NAME, b"damaged", b"")
    assert harmonies.bar(session, picture) is None


def test_bars_have_the_colours_of_a_theme_side_by_side():
    colours = np.array([[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 1, 1]], float)
    drawn = rated_pictures.bars(colours, 50, 4)
    assert drawn.shape == (4, 50, 3)
    assert (drawn[0].reshape(5, 10, 3) == (colours * 255)[:, None]).all()


@pytest.mark.parametrize("form", ["ava", "sac", "idealo"])
def test_every_reader_has_its_name(session, tmp_path, form):
    made = {
        "ava": lambda: files.ava(tmp_path / "ava"),
        "sac": lambda: files.simulacra(tmp_path / "sac.sqlite"),
        "idealo": lambda: files.idealo(tmp_path / "labels.json"),
    }[form]()
    done = rating_sets.keep(session, made, form)
    assert (done.made.format, done.made.items, done.made.pictures) == (form, 2, 0)


def test_stars_of_sidecars_are_read_beside_the_photos(session, photos, tmp_path):
    folder = tmp_path / "images"
    shutil.copytree(photos, folder)
    rdf = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
    head = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{rdf}">'
    tail = "</rdf:RDF></x:xmpmeta>"
    for name, stars in (("p000.jpg.xmp", "4"), ("p001.xmp", "2"), ("p002.xmp", "-1")):
        rated = f'<rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="{stars}"/>'
        (folder / name).write_text(head + rated + tail)
    (folder / "p003.xmp").write_text("<broken")
    done = rating_sets.keep(session, folder, "xmp")
    assert [(item.key, item.votes) for item in session.library.rating_sets.items("images")] == [
        ("p000.jpg", (("", 4.0),)),
        ("p001.jpg", (("", 2.0),)),
    ]
    assert done.made.pictures == 2
    assert len(done.left_out["corrupt"]) == 1


def test_moments_that_no_votes_have_are_left_out(session, tmp_path):
    done = rating_sets.keep(session, csv(tmp_path, "image,mean,std\np000,5.5,1.2\np001,9.9,4\n"), "csv")
    assert done.made.items == 1
    assert done.left_out["corrupt"][0][0] == "p001"


def test_a_failed_import_leaves_the_set_that_was_there(session, photos, tmp_path, monkeypatch):
    kept = rating_sets.keep(session, csv(tmp_path), "csv").made
    with pytest.raises(RatingsError):
        rating_sets.keep(session, csv(tmp_path, "image,rating\na,99\n"), "csv", scale=5)
    monkeypatch.setattr(type(session), "backbone", _missing)
    with pytest.raises(MissingExtraError):
        rating_sets.keep(session, csv(tmp_path), "csv", images=photos)
    assert rating_sets.all_sets(session) == [kept]


def _missing(_self: object) -> None:
    raise MissingExtraError("The weights are away.")


def test_a_dry_run_keeps_nothing(session, tmp_path):
    assert rating_sets.keep(session, csv(tmp_path), "csv", dry_run=True).made.pictures == 2
    assert rating_sets.all_sets(session) == []


def test_a_set_can_be_removed_with_all_that_only_it_needed(session, photos, tmp_path):
    rating_sets.keep(session, csv(tmp_path), "csv", images=photos)
    ids = [item.image_id for item in session.library.rating_sets.items("votes") if item.image_id]
    assert session.library.rating_sets.seen(ids) == set(ids)
    rating_sets.remove(session, "votes")
    assert rating_sets.all_sets(session) == []
    assert session.library.rating_sets.seen(ids) == set()
    with pytest.raises(NotFoundError, match="no set of ratings 'votes'"):
        rating_sets.remove(session, "votes")


@pytest.mark.parametrize("name", ["stars", "a,b", " ", "x" * 61])
def test_names_that_cannot_be_are_refused(session, tmp_path, name):
    with pytest.raises(UsageError, match="cannot be the name"):
        rating_sets.keep(session, csv(tmp_path), "csv", name=name)


def test_a_path_of_a_set_means_as_much_of_it_as_there_is():
    names = rated_pictures.Names([b"/a/x/one.jpg", b"/a/y/one.jpg", b"/a/two.PNG"])
    assert names.find("y/one.jpg") == [b"/a/y/one.jpg"]
    assert names.find("Y\\one") == [b"/a/y/one.jpg"]
    assert len(names.find("one")) == 2
    assert names.find("two") == [b"/a/two.PNG"]
    assert names.find("wo") == names.find("") == []
