"""Two machines with one database, each with arrays in a folder of its own."""

from dataclasses import replace

import numpy as np
import pytest

from leitmotiv.analysis import divergence
from leitmotiv.settings import Settings
from leitmotiv.workflows import index
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.measuring import look
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.upkeep import forget
from tests.postgres import name_database

from . import synthetic
from .synthetic import add, image_id


@pytest.fixture
def machines(postgres, tmp_path):
    url = postgres.lend()
    yield [replace(Settings(), library=name_database(tmp_path / name, url), workers=1) for name in "ab"]
    postgres.give_back(url)


def test_a_picture_that_is_added_again_with_another_mixture_is_compared_anew_on_every_machine(machines, monkeypatch):
    monkeypatch.setattr(index, "make_map", lambda *given: None)
    one, other = machines
    with Session(one) as session:
        add(session.library, range(12))
        build_index(session)
    with Session(other) as session:
        build_index(session)
    with Session(one) as session:
        forget(session, [image_id(3)])
        member = synthetic.family_member
        monkeypatch.setattr(synthetic, "family_member", lambda number: member(50 if number == 3 else number))
        add(session.library, [3])
    with Session(other) as session:
        report = build_index(session)
        stored = session.library.arrays.get("divergence")
        values = divergence.js_matrix(session.library.mixtures.many(stored.ids), look=look(other))
    assert report.pairs == 11
    np.testing.assert_allclose(stored["values"], values, atol=1e-6)
