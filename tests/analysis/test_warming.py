import pytest

from leitmotiv.analysis import warming
from leitmotiv.kernels import compiled


def test_the_vectors_are_named_with_their_instructions():
    assert warming.vectors() == f"{compiled.LANES} lanes of 32-bit floats, {compiled.INSTRUCTIONS}"


@pytest.mark.parametrize("name", ["AVX-512", "AVX2", "SSE2", "NEON"])
def test_only_instructions_that_nobody_has_tried_are_called_unproven(monkeypatch, name):
    monkeypatch.setattr(compiled, "INSTRUCTIONS", name)
    assert ("not proven" in warming.vectors()) == (name == "NEON")
