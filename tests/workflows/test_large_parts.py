"""Trends of a selection that is too large to be clustered at once: found beforehand, by neighbours or all pairs."""

from dataclasses import replace

import pytest

from leitmotiv.errors import NoIndexError, UnfoundError
from leitmotiv.settings import Settings
from leitmotiv.workflows import large_parts, nearness, own, queue, scopes, selecting, vectors
from leitmotiv.workflows.index import build_index
from leitmotiv.workflows.session import Session

from .synthetic import add, image_id

LINE = "selection:many"


@pytest.fixture(params=[60, 5000], ids=["neighbours", "all pairs"])
def session(request, tmp_path, monkeypatch):
    monkeypatch.setattr(vectors.embedding, "LANDMARKS", 48)
    settings = replace(Settings(), library=tmp_path / "library", limit=request.param, points=48, workers=1)
    with Session(settings) as opened:
        add(opened.library, range(150))
        own.keep_selection(opened, "many", ids=[image_id(number) for number in range(100)])
        own.keep_selection(opened, "others", ids=[image_id(number) for number in range(80)])
        yield opened


def spread(page):
    return sum(sum(group.distances) for group in page.clusters)


def test_a_large_selection_is_found_beforehand_as_well_as_at_once(session, monkeypatch):
    few = selecting.select(session, LINE)
    with pytest.raises(NoIndexError):
        large_parts.bring_up_to_date(session, LINE)
    build_index(session)
    at_once = scopes.clusters(session, LINE)
    for module in (scopes, nearness):
        monkeypatch.setattr(module, "MOST", 50)
    with pytest.raises(UnfoundError, match="have not been found yet"):
        scopes.clusters(session, LINE)
    title, parameters = large_parts.check(session, {"q": LINE})
    assert queue.ask(session, "selection", parameters).title == title
    large_parts.work(session, parameters, lambda step: None)
    found = scopes.clusters(session, LINE)
    assert sorted(one for group in found.clusters for one in group.members) == sorted(few)
    same = scopes.clusters(session, LINE, len(at_once.clusters))
    assert spread(same) <= 1.1 * spread(at_once)
    with pytest.raises(UnfoundError):
        scopes.clusters(session, "selection:others")
    large_parts.ensure(session, "selection:others")
    assert sum(group.size for group in scopes.clusters(session, "selection:others").clusters) == 80
    # The latest are kept, whatever their pictures are.
    monkeypatch.setattr(large_parts, "KEPT", 2)
    own.keep_selection(session, "more", ids=[image_id(number) for number in range(90)])
    large_parts.ensure(session, "selection:more")
    with pytest.raises(UnfoundError):
        scopes.clusters(session, LINE)
    for kept in ("selection:others", "selection:more"):
        assert scopes.clusters(session, kept).clusters
