"""How many exemplars a picture is compared with."""

from types import SimpleNamespace

import numpy as np
import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import sparse_index

FEW = sparse_index.FEW


@pytest.mark.parametrize(("exemplars", "asked"), [(5, 5), (FEW, 8), (FEW + 1, 12)])
def test_of_few_exemplars_fewer_are_looked_at(exemplars, asked):
    coordinates = np.random.default_rng(0).integers(-900, 900, (FEW + 200, 16)).astype(np.int16)
    rows = np.arange(exemplars) + 50
    lists = sparse_index._shortlist(SimpleNamespace(coordinates=coordinates), rows, Settings())
    assert lists.shape == (FEW + 200, asked)
    assert np.isin(lists[0], rows).all()
