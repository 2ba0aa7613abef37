import io
import json
from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.errors import CriticError
from leitmotiv.formats import critic_file
from leitmotiv.records import ACTIVATIONS, Critic


@pytest.fixture
def critic() -> Critic:
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(1280, 10)).astype(np.float32)
    return Critic("taste", weights, np.arange(10, dtype=np.float32), ACTIVATIONS, {"sets": ["stars"], "seed": 3})


def test_a_critic_comes_back_as_it_was_written_byte_for_byte(critic):
    data = critic_file.written(critic)
    found = critic_file.read(data)
    assert (found.weights == critic.weights).all()
    assert (found.bias == critic.bias).all()
    assert (found.name, found.layer, found.card) == (critic.name, critic.layer, critic.card)
    assert critic_file.written(found) == data
    assert json.loads(critic_file.card(critic))["schema"] == critic_file.SCHEMA


def test_a_damaged_file_or_another_is_refused(critic):
    data = critic_file.written(critic)
    for bad in (data[:1000], b"", b"no archive", data[:-200]):
        with pytest.raises(CriticError, match="damaged or no critic"):
            critic_file.read(bad)
    other = io.BytesIO()
    np.savez(other, values=np.ones(3))
    with pytest.raises(CriticError, match="damaged or no critic"):
        critic_file.read(other.getvalue())


def test_a_critic_of_another_backbone_shape_or_without_numbers_is_refused(critic):
    with pytest.raises(CriticError, match=r"learnt from resnet/1, and here is .*Train it again"):
        critic_file.read(critic_file.written(replace(critic, layer="resnet/1")))
    with pytest.raises(CriticError, match="not \\(1280, 10\\)"):
        critic_file.read(critic_file.written(replace(critic, weights=np.ones((3, 10), np.float32))))
    with pytest.raises(CriticError, match="no numbers"):
        critic_file.read(critic_file.written(replace(critic, bias=np.full(10, np.nan, np.float32))))
