"""The process that compiles ahead: it starts only where that helps, ends by itself, and compiles what indexing uses."""

import multiprocessing

import numpy as np
import pytest

from leitmotiv.analysis import warming
from leitmotiv.settings import Settings
from leitmotiv.workflows.compiling import compile_ahead


def started() -> list[multiprocessing.process.BaseProcess]:
    return [child for child in multiprocessing.active_children() if child.name == "compiling"]


@pytest.mark.parametrize(("warm", "workers"), [(True, 2), (False, 1)])
def test_nothing_starts_where_it_would_not_help(monkeypatch, warm, workers):
    monkeypatch.setattr(warming, "is_warm", lambda: warm)
    compile_ahead(Settings(workers=workers))
    assert not started()


def test_process_ends_by_itself(monkeypatch):
    monkeypatch.setattr(warming, "is_warm", lambda: False)
    compile_ahead(Settings(workers=2))
    (child,) = started()
    child.join(120)
    assert child.exitcode == 0


def test_everything_that_a_tree_needs_is_compiled_by_it():
    from leitmotiv.analysis import tree
    from leitmotiv.kernels import affinity, exemplars, linkage

    warming.warm_index()
    kernels = (affinity.sweep, affinity.settle, exemplars.improve, linkage.link)
    before = [set(kernel.signatures) for kernel in kernels]
    points = np.random.default_rng(0).random((60, 3)).astype(np.float32)
    divergence = np.abs(points[:, None] - points).mean(axis=2)
    tree.cluster((divergence + divergence.T) / 2)
    assert all(before)
    assert before == [set(kernel.signatures) for kernel in kernels]
