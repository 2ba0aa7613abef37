"""The words of a library that a search is offered to begin with."""

import pytest

from leitmotiv.settings import Settings
from leitmotiv.workflows import names, offers
from leitmotiv.workflows.session import Session

ALPHABET = [f"{first}{second}" for first in "abcdefghij" for second in "klmnopqrst"]


@pytest.fixture
def said(tmp_path, monkeypatch):
    """The words of a library with folders of so many pictures, by a seed."""
    with Session(Settings(library=tmp_path / "library")) as session:
        settings = session.settings

        def words(sizes, seed=0):
            monkeypatch.setattr(names, "sized", lambda session: sizes)
            monkeypatch.setattr(session, "settings", Settings(library=settings.library, seed=seed))
            return offers.words(session)

        yield words


def test_words_are_drawn_from_all_folders_and_stay_the_same(said):
    alike = dict.fromkeys(ALPHABET, 32)
    drawn = said(alike)
    assert len(drawn) == offers.MOST_WORDS
    assert drawn == said(dict(reversed(alike.items())))
    assert len({word[0] for word in drawn}) >= 5
    assert drawn != said(alike, seed=1)
    more = said(alike | {"new_one": 32})
    assert [word for word in more if word != "new one"] == list(drawn)[: len(more) - ("new one" in more)]


def test_folders_with_many_pictures_are_drawn_the_likelier(said):
    sizes = dict.fromkeys(ALPHABET, 1) | dict.fromkeys(ALPHABET[::20], 1000)
    counts = [sum(word in ALPHABET[::20] for word in said(sizes, seed=seed)) for seed in range(10)]
    assert min(counts) >= 4
    assert said({"a_b": 3, "c": 1}) in (("a b", "c"), ("c", "a b"))
