import struct
import tracemalloc
from pathlib import Path
from uuid import UUID

import msgpack
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.errors import CavFileError, CavKeyError, CavTypeError
from leitmotiv.formats import cav
from leitmotiv.formats.cav import CavFile
from leitmotiv.workflows.layers import LAYERS

DATA = Path(__file__).parent.parent / "data" / "cav"
ID = UUID("8d3bd628-36b1-449f-925a-abc140fb8cf6")


def packed(**entries) -> bytes:
    whole = {"vector": [0.5, -0.0], "id": str(ID), "model_layer": "googlenet_4d", **entries}
    return msgpack.packb({key: value for key, value in whole.items() if value is not ...}, use_single_float=True)


@pytest.mark.parametrize("name", ["cavstudio_sample.cav", "roundness.cav"])
def test_files_of_cavlib_and_cavstudio_come_back_byte_for_byte(name):
    data = (DATA / name).read_bytes()
    read = cav.read(data)
    assert cav.write(read) == data
    assert cav.write(CavFile(read.id, read.vector, read.model_layer, read.metadata, read.extra)) == data
    assert (read.model_layer, len(read.vector)) == ("googlenet_4d", 103_488)
    zeros = read.vector == 0
    assert zeros.sum() > 1000
    assert np.signbit(read.vector[zeros]).all()


def test_what_only_one_of_them_writes_is_kept_apart():
    studio, library = (cav.read((DATA / name).read_bytes()) for name in ("cavstudio_sample.cav", "roundness.cav"))
    assert studio.metadata is None
    assert list(studio.extra["stats"]) == ["mean", "stddev", "max", "min", "top_5_mean"]
    assert (library.metadata, library.extra) == ({}, {})


def test_the_sample_scores_what_cavlib_says():
    read = cav.read((DATA / "cavstudio_sample.cav").read_bytes())
    with np.load(DATA / "googlenet_4d.npz") as stored:
        activations = stored["activations"].astype(np.float64)
    cosine = read.vector.astype(np.float64) @ activations / np.linalg.norm(read.vector) / np.linalg.norm(activations)
    assert cosine == pytest.approx(-0.125, abs=0.001)


@given(
    st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=20).filter(any),
    st.permutations(["vector", "id", "model_layer", "metadata", "stats", "unknown"]),
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**64 - 1) | st.floats(width=32) | st.text() | st.binary(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=5,
    ),
    st.booleans(),
)
def test_any_file_comes_back_byte_for_byte(vector, order, unknown, single):
    entries = {
        "vector": vector,
        "id": str(ID),
        "model_layer": "lite0_pooled",
        "metadata": {"said": unknown},
        "stats": None,
        "unknown": unknown,
    }
    data = msgpack.packb({key: entries[key] for key in order}, use_single_float=single)
    assert cav.write(cav.read(data)) == data


def test_an_entry_that_is_changed_keeps_its_place():
    read = cav.read((DATA / "roundness.cav").read_bytes())
    again = cav.read(cav.write(cav.changed(read, metadata={"by": "us"}, stats=None)))
    assert list(again.kept) == ["vector", "id", "model_layer", "metadata", "stats"]
    assert again.metadata == {"by": "us"}
    assert again.kept["vector"] == read.kept["vector"]


def test_whole_numbers_and_doubles_are_numbers():
    data = msgpack.packb({"vector": [1, 0.25], "id": str(ID), "model_layer": "x"})
    np.testing.assert_array_equal(cav.read(data).vector, np.array([1, 0.25], np.float32))


@pytest.mark.parametrize(
    ("data", "kind", "match"),
    [
        (b"", CavFileError, "empty"),
        (packed()[:-4], CavFileError, "cut short"),
        (packed() + b"\x00", CavFileError, "1 bytes follow"),
        (b"\x93\x01\x02\x03", CavTypeError, "map"),
        (b"PK\x03\x04", CavTypeError, "0x50"),
        (packed(vector=...), CavKeyError, "'vector'"),
        (packed(id=...), CavKeyError, "'id'"),
        (packed(model_layer=...), CavKeyError, "'model_layer'"),
        (packed(vector="long"), CavTypeError, "list of numbers"),
        (packed(vector=[]), CavTypeError, "list of numbers"),
        (packed(vector=[1.0, None]), CavTypeError, "at 1"),
        (packed(vector=[True, 1.0]), CavTypeError, "at 0"),
        (packed(vector=[1.0, float("nan")]), CavFileError, "nan at 1"),
        (packed(vector=[float("inf")]), CavFileError, "inf at 0"),
        (packed(vector=[0.0, -0.0]), CavFileError, "zeros"),
        (packed(id="mine"), CavTypeError, "UUID"),
        (packed(id=7), CavTypeError, "UUID"),
        (packed(model_layer=["x"]), CavTypeError, "name"),
        (packed(metadata=[1]), CavTypeError, "metadata"),
        (b"\x82\x01\x01\x02\x02", CavTypeError, "different texts"),
        (b"\x82\xa1x\x01\xa1x\x02", CavTypeError, "different texts"),
        (b"\x81\xa6vector" + b"\x91" * 5000, CavFileError, "no .cav file"),
        (b"\x81\xa1x\xc1", CavFileError, "no .cav file"),
        (b"\x81\xa1x\x81\x90\x01", CavFileError, "no .cav file"),
        (b"\x81\xa1x\xc6" + struct.pack(">I", 2**32 - 1), CavFileError, "no .cav file"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_reason(data, kind, match):
    with pytest.raises(kind, match=match):
        cav.read(data)


def test_nothing_is_made_of_a_size_that_is_only_claimed():
    claimed = b"\x83\xa6vector\xdd" + struct.pack(">I", 2**32 - 1) + b"\xca\x3f\x80\x00\x00"
    tracemalloc.start()
    try:
        with pytest.raises(CavFileError):
            cav.read(claimed)
        assert tracemalloc.get_traced_memory()[1] < 50 << 20
    finally:
        tracemalloc.stop()


def test_files_and_lists_beyond_any_concept_are_not_unpacked():
    with pytest.raises(CavFileError, match="at most"):
        cav.read(packed(stuffed=b"\x00" * (5 << 20)))
    for kind in (b"\xdd", b"\xdf"):  # a list, a map
        with pytest.raises(CavFileError, match="exceeds"):
            cav.read(b"\x81\xa1x" + kind + struct.pack(">I", 140_000) + b"\x01" * 280_000)


def test_the_longest_vector_of_a_known_layer_fits_in_double_precision():
    data = msgpack.packb(
        {"vector": [0.1] * max(LAYERS.values()), "id": str(UUID(int=1)), "model_layer": "googlenet_4d"}
    )
    assert len(cav.read(data).vector) == 103_488


def test_errors_are_also_those_that_users_of_cavlib_catch():
    with pytest.raises(TypeError):
        cav.read(b"\x01")
    with pytest.raises(KeyError) as caught:
        cav.read(b"\x80")
    assert str(caught.value).startswith("The .cav file has no")
