import json
from dataclasses import replace
from pathlib import Path

import msgpack
import numpy as np
import pytest

from leitmotiv.errors import CavFileError, PermissionDeniedError
from leitmotiv.records import Example
from leitmotiv.settings import Settings
from leitmotiv.workflows import concept_files, concepts
from leitmotiv.workflows.session import Session

from .seen import fill

DATA = Path(__file__).parent.parent / "data" / "cav"


@pytest.fixture(scope="module")
def session(tmp_path_factory):
    with Session(Settings(library=tmp_path_factory.mktemp("lib") / "library")) as opened:
        yield opened


@pytest.fixture(scope="module")
def learnt(session):
    kinds, _ = fill(session)
    positive = [Example(kinds[0][0], weight=2.5), *(Example(image_id) for image_id in (*kinds[0][1:4], kinds[3][0]))]
    return concepts.teach(session, positive, [Example(kinds[1][0])], seed=7)


def test_a_concept_comes_back_whole(session, learnt, tmp_path):
    concept_files.save_cav(learnt, tmp_path / "mine.cav")
    again = concept_files.load_cav(tmp_path / "mine.cav")
    np.testing.assert_array_equal(again.vector, learnt.vector)
    np.testing.assert_array_equal(again.centre, learnt.centre)
    for name in ("id", "layer", "method", "seed", "positive", "negative", "drawn"):
        assert getattr(again, name) == getattr(learnt, name) or name in ("positive", "negative")
    assert [(one.image_id, one.weight) for one in again.positive] == [
        (one.image_id, one.weight) for one in learnt.positive
    ]
    assert again.quality == pytest.approx(learnt.quality)
    assert [one.index for one in again.contradictions] == [one.index for one in learnt.contradictions] == [4]
    ours, theirs = concepts.score(session, learnt), concepts.score(session, again)
    np.testing.assert_allclose(ours.score, theirs.score, atol=1e-5)
    np.testing.assert_allclose(ours.probability, theirs.probability, atol=1e-5)
    assert concept_files.to_cav(again) == concept_files.to_cav(learnt)


def test_a_file_of_cavlib_opens_and_is_told_of(tmp_path):
    found = concept_files.load_cav(DATA / "cavstudio_sample.cav")
    assert (found.layer, found.method, found.centre) == ("googlenet_4d", "cosine", None)
    assert found.metadata["stats"]["max"] == pytest.approx(0.2406, abs=1e-4)
    told = concept_files.to_json(found, vectors=False)
    assert told["dimensions"] == 103_488
    assert "vector" not in told


def test_json_holds_all_that_scores_a_lone_picture(learnt):
    told = concept_files.to_json(learnt)
    np.testing.assert_allclose(told["vector"], learnt.vector)
    np.testing.assert_allclose(told["centre"], learnt.centre)
    assert told["intercept"] == learnt.intercept


def altered(learnt, **changes) -> bytes:
    content = msgpack.unpackb(concept_files.to_cav(learnt))
    content["metadata"]["leitmotiv"].update(changes)
    return msgpack.packb(content)


@pytest.mark.parametrize(
    "changes",
    [
        {"centre": [1.0, 2.0]},
        {"centre": [float("nan")] * 1280},
        {"calibration": "no"},
        {"calibration": [1.0]},
        {"method": "magic"},
        {"version": 99},
        {"positive": [["a"]]},
        {"quality": "good"},
        {"contradictions": 3},
        {"intercept": None},
        {"quality": 50.0},
        {"positive": [["a", float("nan")]]},
        {"contradictions": [{"side": "positive", "index": 0, "image_id": "a", "strength": float("nan")}]},
        {"calibration": [0.0, 1.0, 0.0, 0.0, 1.0]},
        {"calibration": [0.0, 1.0, 1.0, 0.0, 0.0]},
        {"calibration": [0.0, 0.0, 1.0, 0.0, 1.0]},
    ],
)
def test_what_was_changed_into_nonsense_is_refused(learnt, changes):
    with pytest.raises(CavFileError):
        concept_files.from_cav(altered(learnt, **changes))


def test_a_vector_must_have_the_length_of_its_layer():
    data = msgpack.packb(
        {"vector": [1.0, 2.0], "id": "8d3bd628-36b1-449f-925a-abc140fb8cf6", "model_layer": "lite0_pooled"}
    )
    with pytest.raises(CavFileError, match=r"has 2 numbers.*has 1,280"):
        concept_files.from_cav(data)


def test_json_of_what_others_wrote_is_plain_whatever_it_holds(learnt):
    deep = []
    for _ in range(900):
        deep = [deep]
    strange = {"stats": {"mean": float("nan"), "most": [float("inf"), 0.5]}, b"\xff": {1: b"\x00"}, "deep": deep}
    told = concept_files.to_json(replace(learnt, metadata=strange))["metadata"]
    again = json.loads(json.dumps(told, allow_nan=False))
    assert again["stats"] == {"mean": None, "most": [None, 0.5]}
    assert again[repr(b"\xff")] == {"1": repr(b"\x00")}


def test_files_that_are_not_there_or_too_large_are_refused(tmp_path, learnt):
    with pytest.raises(CavFileError, match="cannot be read"):
        concept_files.load_cav(tmp_path / "none.cav")
    with (tmp_path / "large.cav").open("wb") as file:
        file.truncate(10_000_000_000)
    with pytest.raises(CavFileError, match="at most"):
        concept_files.load_cav(tmp_path / "large.cav")
    with pytest.raises(PermissionDeniedError):
        concept_files.save_cav(learnt, tmp_path / "no such folder" / "mine.cav")
