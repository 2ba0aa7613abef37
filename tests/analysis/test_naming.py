"""Names that tell groups apart."""

from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.naming import distinct_names
from leitmotiv.records import Swatch

COLOURS = ("#173c75", "#b39569", "#a2481f", "#fbfbfa", "#0d0d0e", "#2f8f4e")
PLACES = ("above", "below", "left", "middle", "around", "all over")
SWATCHES = st.builds(Swatch, st.sampled_from(COLOURS), st.sampled_from((0.5, 0.3, 0.1, 0.01)), st.sampled_from(PLACES))
PALETTES = st.lists(st.lists(SWATCHES, max_size=4), max_size=12)


@given(PALETTES)
def test_no_two_names_are_the_same(palettes):
    names = distinct_names(palettes)
    assert len(set(names)) == len(names) == len(palettes)


@given(PALETTES, st.integers(0, 12))
def test_a_name_does_not_depend_on_later_palettes(palettes, count):
    assert distinct_names(palettes[:count]) == distinct_names(palettes)[:count]


def test_the_first_has_its_name_plain_and_the_second_says_what_it_has_besides():
    sea = [Swatch("#173c75", 0.5, "above"), Swatch("#b39569", 0.4, "below")]
    names = distinct_names([sea, [*sea, Swatch("#a2481f", 0.1, "left")], [*sea, Swatch("#a2481f", 0.1, "left")]])
    assert names == (
        "deep blue over sand brown",
        "deep blue over sand brown, with rust",
        "deep blue over sand brown, with rust on the left",
    )


def test_a_darker_one_says_so():
    one, other = [Swatch("#0d0d0e", 1.0, "all over")], [Swatch("#1c1c1d", 1.0, "all over")]
    assert distinct_names([one, other]) == ("black", "black, paler")


def test_with_nothing_to_tell_apart_there_is_a_number():
    same = [Swatch("#fbfbfa", 1.0, "all over")]
    assert distinct_names([same, same, same]) == ("white", "white (2)", "white (3)")


def test_names_that_people_gave_are_not_used():
    assert distinct_names([[Swatch("#fbfbfa", 1.0, "all over")]], ["white"]) == ("white (2)",)
