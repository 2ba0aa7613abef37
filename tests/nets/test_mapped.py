import hashlib
import os
from dataclasses import replace

import numpy as np
import pytest
from safetensors.numpy import save

from leitmotiv.errors import MissingExtraError
from leitmotiv.nets import mapped, weights

TENSORS = {"a.weight": np.arange(12, dtype=np.float32).reshape(3, 4), "a.bias": np.ones(3, np.float32)}


@pytest.fixture
def network(tmp_path, monkeypatch):
    """A file of weights of our own, as if a package had brought it."""
    data = save(TENSORS | {"numbers": np.arange(3)})
    path = tmp_path / "weights.safetensors"
    path.write_bytes(data)
    monkeypatch.setattr(weights, "locate", lambda _: path)
    return replace(weights.MINILM, sha256=hashlib.sha256(data).hexdigest()), path


def test_tensors_are_those_of_the_file(network, tmp_path):
    found = mapped.tensors(network[0], tmp_path)
    assert found.keys() == TENSORS.keys()
    for name, values in TENSORS.items():
        np.testing.assert_array_equal(found[name], values)
        assert not found[name].flags.writeable


def test_a_file_is_read_through_once(network, tmp_path, monkeypatch):
    mapped.tensors(network[0], tmp_path)
    monkeypatch.setattr(weights, "read", lambda _: pytest.fail("it was read again"))
    np.testing.assert_array_equal(mapped.tensors(network[0], tmp_path)["a.bias"], 1)


@pytest.mark.parametrize("damage", ["changed", "cut", "empty"])
def test_a_file_that_changed_since_is_refused(network, tmp_path, damage):
    mapped.tensors(network[0], tmp_path)
    path = network[1]
    data = path.read_bytes()
    path.write_bytes({"changed": data[:-1] + b"\1", "cut": data[:-5], "empty": b""}[damage])
    os.utime(path, ns=(1, 1))
    with pytest.raises(MissingExtraError, match="weights"):
        mapped.tensors(network[0], tmp_path)
