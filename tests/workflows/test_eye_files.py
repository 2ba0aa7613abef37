"""Eyes as one file: out, in, and what is refused on the way."""

import hashlib
import io
import json
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from leitmotiv.errors import EyesError
from leitmotiv.records import Partial
from leitmotiv.settings import Settings
from leitmotiv.workflows import eye_files, eye_pairs, eyes, lookers
from leitmotiv.workflows.session import Session
from tests.workflows.watched import fill, stripes


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(replace(Settings(), library=tmp_path_factory.mktemp("eyes") / "library")) as opened:
        fill(opened.library, tmp_path_factory.mktemp("photos"), 30)
        yield opened


@pytest.fixture(scope="module")
def made(session):
    return eyes.make(session, "Reds", "name:p000,p006", partial=Partial("blur"), side=32)


def changed(data, **changes):
    """The same file with other parts; None takes one out."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts |= {name.replace("_", ".", 1): part for name, part in changes.items()}
    return zipped({name: part for name, part in parts.items() if part is not None})


def zipped(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return made.getvalue()


def card(data, **changes):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return json.dumps(json.loads(archive.read("card.json")) | changes)


def test_eyes_go_out_and_come_back_the_same_without_ids_of_pictures(session, made):
    data = eye_files.exported(session, made)
    assert data == eye_files.exported(session, made)
    assert made.pictures[0].encode() not in data
    back = eye_files.imported(session, data, "Back")
    assert (back.id, back.name, back.partial, back.pictures) == ("back", "Back", made.partial, ())
    again = eye_files.imported(session, data, "BACK")
    assert (again.id, again.name) == ("back-2", "BACK 2")
    eyes.remove(session, again.id)
    np.testing.assert_array_equal(eyes.see(session, back, stripes()).seen, eyes.see(session, made, stripes()).seen)


def swollen(data):
    """Pictures of few bytes and many pixels, under a card that vouches for them."""
    png = io.BytesIO()
    Image.new("1", (20_000, 20_000)).save(png, "PNG", compress_level=1)
    hashes = {"pictures.png": hashlib.sha256(png.getvalue()).hexdigest()}
    return changed(data, card_json=card(data, parts=hashes), pictures_png=png.getvalue())


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (lambda data: b"PK", "no pair of eyes, or damaged"),
        (lambda data: data[:200], "no pair of eyes, or damaged"),
        (lambda data: zipped({"a": b""}), "no card"),
        (lambda data: changed(data, pictures_png=None), "there is no pictures"),
        (lambda data: changed(data, pictures_png=b"x"), "does not match their pictures"),
        (lambda data: changed(data, more_txt=b"x"), "does not match their more"),
        (lambda data: zipped({"card.json": card(data), "../card.json": b""}), "cannot be the name of a part"),
        (lambda data: zipped({"card.json": card(data), "/tmp/x": b""}), "cannot be the name of a part"),
        (lambda data: changed(data, card_json="[]"), "reads leitmotiv"),
        (lambda data: changed(data, card_json=card(data, side=64)), "do not fit their card"),
        (lambda data: changed(data, card_json=card(data, way="network")), r"there is no generator\.onnx"),
        (lambda data: changed(data, card_json=card(data, card={"seed": "soon"})), "its seed is 'soon'"),
        (
            lambda data: changed(data, card_json=card(data, partial={"kind": "regions", "regions": "3"})),
            "regions is '3'",
        ),
        (lambda data: swollen(data), "400 megapixels, more than the limit of 64"),
        (lambda data: zipped({"card.json": card(data), **{f"a{n}": b"" for n in range(20)}}), "has 21 parts"),
    ],
)
def test_a_file_that_is_not_whole_is_refused_and_leaves_nothing(session, made, spoil, told):
    before = [one.id for one in eyes.listed(session)]
    with pytest.raises(EyesError, match=told):
        eye_files.imported(session, spoil(eye_files.exported(session, made)))
    assert [one.id for one in eyes.listed(session)] == before


@pytest.mark.parametrize(("raised", "told"), [(KeyboardInterrupt, KeyboardInterrupt), (OverflowError, EyesError)])
def test_eyes_through_which_nothing_can_be_seen_leave_nothing(session, made, monkeypatch, raised, told):
    data, before = eye_files.exported(session, made), session.library.eyes.ids()

    def fail(*_):
        raise raised

    monkeypatch.setattr(lookers, "try_out", fail)
    with pytest.raises(told):
        eye_files.imported(session, data)
    assert session.library.eyes.ids() == before


def test_a_file_that_swells_is_refused(session, made, monkeypatch):
    monkeypatch.setattr(eye_files, "LARGEST", 100_000)
    data = changed(eye_files.exported(session, made), pictures_png=bytes(200_000))
    assert len(data) < 100_000
    with pytest.raises(EyesError, match="too large"):
        eye_files.imported(session, data)


def test_pairs_of_a_large_selection_are_drawn_by_lot_and_say_so(session, tmp_path):
    told = eye_pairs.write(session, "", tmp_path / "some", partial=Partial("grey"), side=32, held_out=4, most=20)
    assert (told.taught, told.held, told.drawn_from) == (20, 4, 30)
    told = eye_pairs.write(session, "", tmp_path / "all", partial=Partial("grey"), side=32, held_out=4, most=26)
    assert (told.taught, told.held, told.drawn_from) == (26, 4, 0)


@pytest.mark.parametrize("direction", ["BtoA", "AtoB"])
def test_pairs_go_out_and_come_back_and_make_eyes(session, tmp_path, direction):
    told = eye_pairs.write(
        session, "", tmp_path / "pairs", partial=Partial("regions", regions=3), side=32, direction=direction, held_out=4
    )
    assert (told.taught, told.held) == (26, 4)
    back = eye_pairs.read(tmp_path / "pairs", 32, direction)
    wanted = eyes.training_pairs(session, "", Partial("regions", regions=3), 32, held_out=4)
    order = np.argsort([one.path for one in session.library.images.many(wanted.held_ids)])
    np.testing.assert_array_equal(back.held_x, wanted.held_x[order])
    np.testing.assert_array_equal(back.held_y, wanted.held_y[order])
    made = eye_pairs.imported(session, tmp_path / "pairs", partial=Partial("regions", regions=3), side=32)
    assert (made.name, made.card["pictures"]) == ("pairs", 26)
    alone = eye_pairs.imported(session, tmp_path / "pairs", side=32)
    assert alone.partial == Partial("regions", regions=3)
    assert session.library.eyes.part(alone.id, lookers.SHOWN) == lookers.column(back.x)
    (tmp_path / "pairs" / eye_pairs.NOTE).write_text("{}")
    with pytest.raises(EyesError, match="--shown"):
        eye_pairs.imported(session, tmp_path / "pairs", side=32)
    eyes.see(session, made, stripes())
