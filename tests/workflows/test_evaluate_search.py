import numpy as np
import pytest

from leitmotiv.errors import UsageError
from leitmotiv.settings import Settings
from leitmotiv.workflows import evaluate_search as measuring
from leitmotiv.workflows.evaluate_search import evaluate_search

from .pictures import picture


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("kinds")
    for look, name in enumerate(("grand_piano", "pizza", "sea")):
        (made / name).mkdir()
        for number in range(4):
            picture(look + 6 * number).save(made / name / f"p{number}.png")
    (made / "pizza" / "broken.jpg").write_bytes(b"\xff\xd8\xff\xe0 no more")
    picture(99).save(made / "of no category.png")
    return made


def test_names_of_folders_are_asked_beside_simpler_ways(folder):
    settings = Settings(workers=1, words="wordllama")
    found = evaluate_search(settings, folder)
    assert (found.encoder, found.pictures, found.queries, found.pairs) == ("WordLlama", 12, 3, 3)
    for rows in (found.single, found.unions):
        assert [one.name for one in rows] == ["WordLlama", "vectors alone", "tags", "random"]
        for one in rows:
            assert tuple(one.results) == measuring.MEASURES
            for interval in one.results.values():
                assert 0 <= interval.low <= interval.value <= interval.high <= 1
    assert {name for name, _ in found.weakest} == {"grand_piano", "pizza", "sea"}
    assert np.mean([value for _, value in found.weakest]) == pytest.approx(found.single[0].results["mAP"].value)
    assert [name.endswith("broken.jpg") for name, _ in found.failed] == [True]
    assert evaluate_search(settings, folder).single == found.single


def test_a_folder_without_categories_is_refused(tmp_path):
    (tmp_path / "one").mkdir()
    picture(1).save(tmp_path / "one" / "a.png")
    with pytest.raises(UsageError, match="not two folders"):
        evaluate_search(Settings(workers=1, words="wordllama"), tmp_path)


def test_measures_are_those_worked_by_hand():
    scores = np.array([9.0, 8, 7, 6, 5, 4, 3, 2, 1, 0, -1, -2])
    wanted = np.isin(np.arange(12), [0, 2, 11])
    gain = 1 / np.log2(2) + 1 / np.log2(4) + 1 / np.log2(13)
    best = 1 / np.log2(2) + 1 / np.log2(3) + 1 / np.log2(4)
    expected = (2 / 5, 2 / 10, (1 / 1 + 2 / 3 + 3 / 12) / 3, gain / best)
    np.testing.assert_allclose(measuring._measured(scores, wanted), expected)


def test_balance_is_of_the_two_kinds_among_the_first():
    truth = np.array([0, 0, 0, 1, 0, 1, 1, 1, 2, 2])
    assert measuring._balance(-np.arange(10.0), truth, 0, 1) == pytest.approx(1 / 3)
    assert measuring._balance(-np.arange(10.0), truth, 0, 2) == 0
