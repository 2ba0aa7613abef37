import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.graph import Pairs, keys_of
from leitmotiv.analysis.listing import Listed


def random_lists(rng, size, count):
    """Lists in which some places are free and some pairs are known, the same in both lists that hold them."""
    lists = np.array([rng.permutation(np.delete(np.arange(size), row))[:count] for row in range(size)], np.int32)
    lists[rng.random(lists.shape) < 0.1] = -1
    value = rng.random((size, size)).astype(np.float32)
    value = np.maximum(value, value.T)
    known = rng.random((size, size)) < 0.3
    values = np.where(known, value, np.nan)[np.arange(size)[:, None], lists].astype(np.float32)
    values[lists < 0] = np.nan
    return Listed(lists, values), value


def told(listed):
    """What lists know of pairs, by their two rows."""
    found = {}
    for row, (others, values) in enumerate(zip(listed.lists, listed.values, strict=True)):
        for other, value in zip(others.tolist(), values.tolist(), strict=True):
            if other >= 0 and value == value:
                found[frozenset((row, other))] = value
    return found


@given(st.integers(0, 200), st.integers(3, 12), st.integers(1, 4))
def test_gathering_names_each_unknown_pair_once_and_filling_completes_both_lists(seed, size, blocks):
    rng = np.random.default_rng(seed)
    listed, value = random_lists(rng, size, min(5, size - 1))
    known, wanted = set(told(listed)), set()
    for row, others in enumerate(listed.lists.tolist()):
        wanted |= {frozenset((row, other)) for other in others if other >= 0}
    asked = []
    for block in np.array_split(rng.permutation(size), blocks):
        rows, places = listed.gather(block)
        others = listed.lists[rows, places]
        asked += [frozenset(pair) for pair in zip(rows.tolist(), others.tolist(), strict=True)]
        listed.fill(rows, places, value[rows, others])
    assert len(asked) == len(set(asked))
    assert set(asked) == wanted - known
    assert listed.lacking() == 0
    there = listed.lists >= 0
    rows = np.broadcast_to(np.arange(size)[:, None], there.shape)
    np.testing.assert_array_equal(listed.values[there], value[rows[there], listed.lists[there]])


@given(st.integers(0, 200))
def test_either_list_of_a_pair_answers_for_it(seed):
    listed, _ = random_lists(np.random.default_rng(seed), 8, 4)
    known = told(listed)
    pairs = [(a, b) for a in range(8) for b in range(a + 1, 8)]
    found = listed.look_up(np.array([a * 8 + b for a, b in pairs]))
    wanted = [known.get(frozenset(pair), np.nan) for pair in pairs]
    np.testing.assert_array_equal(found, np.array(wanted, np.float32))


@given(st.integers(0, 200))
def test_older_lists_and_other_pairs_fill_new_lists(seed):
    rng = np.random.default_rng(seed)
    old, value = random_lists(rng, 9, 4)
    new, _ = random_lists(rng, 9, 5)
    new.values[:] = np.nan
    keys = np.unique(keys_of(rng.integers(0, 4, 6), rng.integers(4, 9, 6), 9))
    new.take_over(old, Pairs(9, keys, value[np.divmod(keys, 9)]))
    known = set(told(old)) | {frozenset(divmod(int(key), 9)) for key in keys}
    for row, others in enumerate(new.lists.tolist()):
        for place, other in enumerate(others):
            if other >= 0 and frozenset((row, other)) in known:
                assert new.values[row, place] == value[row, other]
            else:
                assert np.isnan(new.values[row, place])
