import numpy as np
import pytest

from leitmotiv.records import Clusters

from .making import add, clusters, image_id

IDS = [image_id(number) for number in range(7)]


def same(one: Clusters, other: Clusters) -> None:
    for name in ("labels", "exemplars", "distances"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))
        assert getattr(one, name).dtype == getattr(other, name).dtype
    assert one.ids == other.ids
    assert [vars(merge) for merge in one.merges] == [vars(merge) for merge in other.merges]
    np.testing.assert_equal(
        (one.default_count, one.preference, one.cost, one.bound),
        (other.default_count, other.preference, other.cost, other.bound),
    )


def empty() -> Clusters:
    none = np.zeros(0, np.int64)
    return Clusters((), none, none.copy(), np.zeros(0), (), 0, float("nan"), float("inf"))


@pytest.mark.parametrize("new", [empty(), clusters(IDS[:1]), clusters(IDS, (0, 1, 4))], ids=["none", "one", "three"])
def test_clusters_come_back_as_they_were(library, new):
    library.clusters.replace(new, digest="made from this")
    same(library.clusters.get(), new)
    assert library.clusters.digest() == "made from this"


def test_before_the_first_index_there_is_nothing(library):
    assert library.clusters.get() is None
    assert library.clusters.digest() is None
    assert library.clusters.stamp() is None
    assert library.clusters.names() == {}


def test_the_stamp_changes_with_every_replacement(library):
    stamps = set()
    for _ in range(3):
        library.clusters.replace(clusters(IDS), digest="same")
        stamps.add(library.clusters.stamp())
    assert len(stamps) == 3


def test_names_stay_with_their_tree(library):
    library.clusters.replace(clusters(IDS, (0, 1)), digest="a", names={0: "blue \udcff", 2: "all"})
    assert library.clusters.names() == {0: "blue ?", 2: "all"}
    library.clusters.replace(clusters(IDS, (0, 1)), digest="b")
    assert library.clusters.names() == {}


def test_a_replacement_that_fails_leaves_the_old_clusters(library):
    library.clusters.replace(clusters(IDS), digest="old")
    with pytest.raises(TypeError), library.transaction():
        len(library.clusters.replace(clusters(IDS[:2]), digest="new"))
    assert library.clusters.digest() == "old"
    same(library.clusters.get(), clusters(IDS))


def test_forgetting_an_ordinary_member_keeps_the_tree(library):
    ids = [add(library, number).id for number in range(7)]
    library.clusters.replace(clusters(ids, (1, 3, 5)), digest="d", names={4: "all"})
    library.images.forget([ids[0], ids[4]])
    found = library.clusters.get()
    kept = [ids[row] for row in (1, 2, 3, 5, 6)]
    assert found.ids == tuple(kept)
    assert [found.ids[row] for row in found.exemplars] == [ids[1], ids[3], ids[5]]
    assert [found.ids[merge.exemplar] for merge in found.merges] == [ids[1], ids[1]]
    assert found.labels.tolist() == [1, 2, 0, 2, 0]
    assert (library.clusters.digest(), library.clusters.names()) == ("d", {4: "all"})


def test_forgetting_an_exemplar_asks_for_a_new_index(library):
    ids = [add(library, number).id for number in range(7)]
    library.clusters.replace(clusters(ids, (1, 3)), digest="d", names={0: "x"})
    library.images.forget([ids[3]])
    assert library.clusters.get() is None
    assert library.clusters.names() == {}


def test_forgetting_an_image_outside_the_index_changes_no_stamp(library):
    ids = [add(library, number).id for number in range(3)]
    library.clusters.replace(clusters(ids[:2]), digest="d")
    stamp = library.clusters.stamp()
    library.images.forget([ids[2]])
    assert library.clusters.stamp() == stamp
