from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.places import NAMED, Box
from leitmotiv.analysis.sketch import Blob, Sketch
from leitmotiv.errors import UsageError
from leitmotiv.workflows import sketches
from leitmotiv.workflows.query import Colour, Picture, Region, parse

ID = "3f2a" * 16


def wanted(text: str):
    (term,) = parse(text).terms
    return term.wanted


def test_a_line_has_terms_with_signs_and_weights_and_filters():
    query = parse(f"colour:teal@top + 2*[img:{ID}] - 0.5*colour:#f00 year:2024 -camera:ricoh NOT name:dsc*")
    assert [term.weight for term in query.terms] == [1, 2, -0.5]
    assert query.filters == "year:2024 -camera:ricoh -name:dsc*"
    assert parse(query.text) == query
    assert query.without(1) == "colour:teal@top -0.5*colour:#f00 year:2024 -camera:ricoh -name:dsc*"


@pytest.mark.parametrize("line", ["-colour:red", "- colour:red", "NOT colour:red", "−colour:red", "+ -colour:red"])
def test_a_minus_counts_against_however_it_is_written(line):
    assert parse(line).terms[0].weight == -1


def test_two_minuses_are_none():
    assert parse("- -colour:red").terms[0].weight == 1


def test_colours_have_names_digits_shares_and_places():
    assert wanted("colour:#0A5F73") == wanted("color:0a5f73") == Colour("#0a5f73")
    assert wanted("colour:teal").colour == "#008080"
    assert wanted("colour:fa0").colour == "#ffaa00"
    assert wanted("colour:red:3%") == Colour("#ff0000", 0.03)
    assert wanted("colour:red:>30%@top") == wanted("colour:red@top:>30%")
    assert wanted("colour:red:<30%").how == "most"
    assert wanted("colour:red@Top-Left").place is NAMED["top-left"]
    assert wanted("colour:red@left-top").place is NAMED["top-left"]
    assert wanted("colour:red@center").place is NAMED["centre"]
    assert wanted("colour:red@10,20,30,40").place == Box(0.1, 0.2, pytest.approx(0.3), pytest.approx(0.4))
    oval = wanted("colour:red@oval:50,40,20,10").place
    assert (oval.x, oval.y) == (0.5, 0.4)
    assert oval.xx == pytest.approx(0.01)


def test_pictures_regions_and_sketches_are_terms():
    assert wanted("[img:3f2a]") == wanted("img:3f2a") == Picture("3f2a")
    assert wanted("[img:3f2a@50,50,100,20]") == Region("3f2a", Box(0.5, 0.5, 0.5, pytest.approx(0.2)))
    assert not wanted("[img:3f2a@0,0,50,50:here]").anywhere
    assert wanted("sketch:150_50.30.15.10.45.0a5f73").blobs == (Blob(0.5, 0.3, 0.15, 0.1, 45, "#0a5f73"),)


def test_files_are_terms_only_where_they_are_handed_over():
    query = parse("year:2024", [Path("a b.jpg")])
    assert query.terms[0].label == "a b.jpg"
    with pytest.raises(UsageError, match="no term"):
        parse("a.jpg")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("beach", "no term"),
        ("teal", "write colour:teal"),
        ("colour:nosuch", "no colour"),
        ("colour:red:0%", "share"),
        ("colour:red:much", "no share"),
        ("colour:red@nowhere", "no place"),
        ("colour:red@200,0,10,10", "nothing of the picture"),
        ("[img:xyz]", "no picture"),
        ("[img:3f2a@0,0,50,50:there]", "where"),
        ("upload:12", "handed in"),
        ("sketch:150", "1 to 24 blobs"),
        ("sketch:9_50.30.15.10.45.0a5f73", "width"),
        ("sketch:150_50.30.0.10.45.0a5f73", "half axes"),
        ("sketch:150_nonsense", "no blob"),
        ("0*colour:red", "weight"),
        ("2*year:2024", "no term"),
        ("colour:red -", "ends with a sign"),
        (" ".join(["colour:red"] * 25), "25 terms"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_what_is_wrong(line, said):
    with pytest.raises(UsageError, match=said):
        parse(line)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text):
    try:
        query = parse(text)
    except UsageError:
        return
    assert parse(query.text) == query


BLOBS = st.builds(
    lambda x, y, rx, ry, angle, colour, share: Blob(
        x / 100, y / 100, rx / 100, ry / 100, angle, f"#{colour:06x}", share / 100
    ),
    *(st.integers(-50, 150), st.integers(-50, 150), st.integers(1, 100), st.integers(1, 100)),
    *(st.integers(0, 179), st.integers(0, 0xFFFFFF), st.integers(0, 100)),
)


@given(st.lists(BLOBS, min_size=1, max_size=5), st.integers(20, 500), st.sampled_from(["", "#f3e9cf"]))
def test_sketches_survive_their_text(blobs, width, ground):
    sketch = Sketch(tuple(blobs), width / 100, ground)
    assert sketches.read(sketches.write(sketch)) == sketch
