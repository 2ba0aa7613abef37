from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.analysis.places import NAMED, Box
from leitmotiv.analysis.sketch import Blob, Sketch
from leitmotiv.errors import QueryError, UsageError
from leitmotiv.workflows import contradictions, scanning, sketches, trees
from leitmotiv.workflows.query import Colour, Group, Picture, Region, Term, parse
from leitmotiv.workflows.terms import File, Numbered, OfBoard, OfConcept, Words

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
    assert [wanted(f"colour:{name}").name for name in ("Teal", "salmon", "f00")] == ["teal", "", ""]
    assert wanted("colour:red:3%") == Colour("#ff0000", 0.03, name="red")
    assert wanted("colour:red:>30%@top") == wanted("colour:red@top:>30%")
    assert wanted("colour:red:<30%").how == "most"
    assert wanted("colour:red@Top-Left").place is NAMED["top-left"]
    assert wanted("colour:red@left-top").place is NAMED["top-left"]
    assert wanted("colour:red@center").place is NAMED["centre"]
    assert wanted("colour:red@10,20,30,40").place == Box(0.1, 0.2, pytest.approx(0.3), pytest.approx(0.4))
    oval = wanted("colour:red@oval:50,40,20,10").place
    assert (oval.x, oval.y) == (0.5, 0.4)
    assert oval.xx == pytest.approx(0.01)


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("blue@top", "colour:blue@top"),
        ("Dark Blue@top-left", "colour:darkblue@top-left"),
        ("car - blue@top:30%", "car - colour:blue@top:30%"),
        ("2*teal@10,20,30,40 + sea", "2*colour:teal@10,20,30,40 + sea"),
        ("(blue@top | cat)", "(colour:blue@top | cat)"),
        ("a car blue@top", "a car colour:blue@top"),
    ],
)
def test_a_colour_in_a_place_needs_no_name_of_its_kind(line, same):
    assert parse(line) == parse(same)


def test_what_stands_before_an_at_is_a_word_unless_it_is_a_colour():
    assert [term.wanted for term in parse("me@home").terms] == [Words("me@home")]
    assert [term.wanted for term in parse('"blue@top"').terms] == [Words("blue@top")]
    with pytest.raises(QueryError, match="no place") as fault:
        parse("sea blue@nowhere")
    assert (fault.value.at, fault.value.until) == (4, 16)


def test_pictures_regions_and_sketches_are_terms():
    assert wanted("[img:3f2a]") == wanted("img:3f2a") == Picture("3f2a")
    assert wanted("[img:3f2a@50,50,51,20]") == Region("3f2a", Box(0.5, 0.5, 0.5, pytest.approx(0.2)))
    assert not wanted("[img:3f2a@0,0,50,50:here]").anywhere
    assert wanted("sketch:150_50.30.15.10.45.0a5f73").blobs == (Blob(0.5, 0.3, 0.15, 0.1, 45, "#0a5f73"),)


def test_files_are_terms_only_where_they_are_handed_over():
    query = parse("year:2024", [Path("a b.jpg")])
    assert query.terms[0].label == "a b.jpg"
    assert wanted("a.jpg") == Words("a.jpg")
    with pytest.raises(QueryError, match="command line only"):
        parse("concept:dusk.cav")
    assert parse("concept:dusk.cav", local=True).terms[0].wanted == OfConcept(Path("dusk.cav"))
    with pytest.raises(QueryError, match="command line only"):
        parse('beach + file:"a b.jpg"')
    _, file = parse('beach + file:"a b.jpg"', local=True).terms
    assert (file.wanted, file.label, file.text) == (File(Path("a b.jpg")), "a b.jpg", 'file:"a b.jpg"')


def test_a_fault_behind_a_bracket_is_marked_where_it_stands():
    with pytest.raises(QueryError) as fault:
        parse("beach + [img:3f2a]:here - sea")
    assert (fault.value.at, fault.value.until) == (18, 23)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("colour:nosuch", "no colour"),
        ("colour:red:0%", "share"),
        ("colour:red:much", "no share"),
        ("colour:red@nowhere", "no place"),
        ("colour:red@200,0,10,10", "off the frame"),
        ("colour:red@-5,0,10,10", "off the frame"),
        ("[img:3f2a@50,50,60,20]", "off the frame"),
        ("[img:3f2a@50,50,0,20]", "nothing of the picture"),
        ("[img:3f2a]:here", "inside of the bracket"),
        ("beach + [img:3f2a]@10,20,30,40", "inside of the bracket"),
        ("[img:3f2a:here]", "has no box"),
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
        ("beach +", "ends with a sign"),
        ("& beach", "nothing before"),
        ("beach | ", "one side of"),
        ("beach & & sea", "must be a term"),
        ("(beach", "not closed"),
        ("beach)", "never opened"),
        ("()", "nothing in these"),
        ('"beach', "not closed"),
        ("[img:3f2a", "not closed"),
        ("img:3f2a]", "no picture|never opened"),
        ("beach * sea", "between a number"),
        ("beach^", "there must be a number"),
        ("beach^0", "weight"),
        ("50*beach^3", "weight"),
        ("50*(3*beach)", "Weights together"),
        ("(year:2024 beach)", "outside of parentheses"),
        ("like:taste beach", "like:look"),
        ("like:look like:subject", "like:look"),
        ("[beach]", "no term"),
        ("[IMG_x]", "no place"),
        ("colour: beach", "says not which"),
        ("...", "Nothing is said"),
        ("x" * 301, "300 characters"),
        ("x" * 10_001, "10,001 characters"),
        ("(" * 51 + "x" + ")" * 51, "50 deep"),
    ],
)
def test_a_line_that_cannot_be_read_is_told_what_is_wrong(line, said):
    with pytest.raises(UsageError, match=said):
        parse(line)


def said(text: str, **more) -> list[tuple[str, float]]:
    return [(term.label, term.weight) for term in parse(text, **more).terms]


ORIGINAL = (
    *("america", "england", "sydney", "flag", "healthy", "happyness", "music", "eye", "hairstyle", "watch", "work"),
    *("people+park", "bike+park", "bike-park", "beach+sunrise", "beach-sunrise", "car+yellow", "car-yellow", "cold"),
    *("cold-snow", "train", "train-car", "paint", "travel+paint", "fish", "fish+food"),
    *("[IMG_1]+park", "[IMG_3]-dog", "[IMG_1]+[IMG_10]", "[IMG_1]+park+park+park"),
)
"""The queries that the demo of multimodal retrieval was documented with."""


def test_every_query_that_the_original_documents_is_read():
    assert len(ORIGINAL) == 30
    for line in ORIGINAL:
        query = parse(line)
        assert parse(query.text) == query
        assert len(query.terms) == len(set(line.replace("-", "+").split("+")))
    assert said("bike-park") == [("bike", 1), ("park", -1)]
    assert said("car - yellow") == said("car-yellow") == [("car", 1), ("yellow", -1)]
    assert said("[IMG_1]+park+park+park") == [("picture 1", 1), ("park", 3)]


def test_words_side_by_side_are_one_phrase():
    assert said("hot air  balloon - snow") == [("hot air balloon", 1), ("snow", -1)]
    assert said('"hot - air" balloon') == [("hot - air", 1), ("balloon", 1)]
    assert wanted("sea_horse") == Words("sea horse")
    assert said("日本 + عربى + 🐶") == [("日本", 1), ("عربى", 1), ("🐶", 1)]


def test_weights_are_written_as_chips_show_them_and_without_a_nought():
    assert parse("2×panda") == parse("panda ×2") == parse("panda×2") == parse("2 × panda") == parse("2*panda")
    assert parse(".5*panda") == parse("panda^.5") == parse("panda*.5") == parse(".5×panda") == parse("0.5*panda")
    assert said("6×6 camera") == [("6×6 camera", 1)]
    assert said("cat × dog") == [("cat × dog", 1)]


def test_weights_are_written_in_three_ways():
    assert parse("3*park") == parse("park^3") == parse("park + park + park") == parse("park*3")
    assert said("2*hot air balloon + 0.5*(cat - 2*dog)") == [("hot air balloon", 2), ("cat", 0.5), ("dog", -1)]
    assert said("100*cat + 100*cat") == [("cat", 100)]


@pytest.mark.parametrize(
    ("line", "labels"),
    [
        ("bike-park", ["bike", "park"]),
        ("t-shirt", ["t-shirt"]),
        ("t-shirt-hat", ["t-shirt", "hat"]),
        ("merry-go-round", ["merry-go-round"]),
        ("x-ray - bone", ["x-ray", "bone"]),
        ("rock-hopper", ["rock-hopper"]),
        ("bike--park", ["bike", "park"]),
    ],
)
def test_a_hyphen_takes_away_unless_the_word_is_known(line, labels):
    assert [label for label, _ in said(line, known={"rock-hopper"}.__contains__)] == labels


def test_words_for_colours_are_colours_unless_they_belong_to_a_name():
    assert wanted("red") == Colour("#ff0000", name="red")
    assert said("red car") == [("red", 1), ("car", 1)]
    assert said("dark blue sea - white boat") == [("darkblue", 1), ("sea", 1), ("white", -1), ("boat", -1)]
    assert said("black and white dog") == [("black", 1), ("white", 1), ("dog", 1)]
    assert said("black and white") == [("black", 1), ("white", 1)]
    assert wanted("red panda") == Words("red panda")
    assert said("blue lagoon") == [("blue", 1), ("lagoon", 1)]
    assert parse("blue lagoon", known={"blue-lagoon"}.__contains__).terms[0].wanted == Words("blue lagoon")
    assert wanted('"red"') == Words("red")


def test_what_stands_together_is_wanted_together_and_a_plus_is_either():
    cat, dog, red = (
        Term("cat", Words("cat")),
        Term("dog", Words("dog")),
        Term("colour:red", Colour("#ff0000", name="red")),
    )
    assert parse("cat + dog").tree == Group("sum", (cat, dog))
    assert parse("cat & dog").tree == parse("cat AND dog").tree == Group("all", (cat, dog))
    assert parse("cat | dog").tree == parse("cat OR dog").tree == Group("any", (cat, dog))
    assert parse("cat colour:red + dog").tree == Group("sum", (Group("all", (cat, red)), dog))
    assert parse("cat -dog colour:red") == parse("cat colour:red -dog")
    assert parse("-(cat + dog)").tree == Group("sum", (cat, dog), -1)
    assert parse("- (-cat)").tree == cat


def test_not_refuses_what_stands_next_to_it_and_a_minus_what_is_met_after_it():
    assert parse("NOT cat & dog") == parse("- cat + dog")
    assert parse("red car NOT cat & dog & tree") == parse("red car & dog & tree - cat")
    assert parse("fox + NOT cat & dog").tree == parse("fox + (dog - cat)").tree
    assert parse("dog & NOT cat & tree") == parse("dog & tree - cat")
    assert parse("NOT (cat & dog)") == parse("- cat & dog") == parse("-(cat & dog)")
    assert parse("!panda") == parse("NOT panda") == parse("-panda")
    assert parse("cat !panda & dog") == parse("cat & dog - panda")
    assert said("wow! - panda!") == [("wow", 1), ("panda", -1)]


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("panda, pizza", "panda + pizza"),
        ("panda,pizza,", "panda + pizza"),
        ("hot dog, (cat | fox), 2*snow", "hot dog + (cat | fox) + 2*snow"),
        ("panda, - pizza", "panda - pizza"),
        ("panda, !pizza", "panda - pizza"),
        ("panda, & pizza", "panda & pizza"),
        ("colour:red, blue@top, dog", "colour:red + blue@top + dog"),
        ("year:2024, panda,", "panda year:2024"),
        ("colour:teal@10,20,30,40, dog", "colour:teal@10,20,30,40 + dog"),
        ("red, blue", "red + blue"),
        ("red, blue or green car", "red or blue or green car"),
        ("pink, red, blue, or green car", "pink or red or blue or green car"),
        ("red, panda or blue", "red + panda | blue"),
        ("panda, red or blue", "panda + (red | blue)"),
    ],
)
def test_a_comma_between_terms_is_a_plus(line, same):
    assert parse(line) == parse(same)


def test_a_comma_within_a_number_or_quotation_marks_is_none():
    assert said("1,000 cars") == [("1,000 cars", 1)]
    assert len(parse('"cat, dog"').terms) == 1
    assert parse(" , ").is_empty


def test_letters_and_signs_of_other_widths_are_the_plain_ones():
    assert parse("ｒｅｄ　ｃａｒ　＋　（ｄｏｇ）、２＊ｓｎｏｗ") == parse("red car + (dog) + 2*snow")
    assert wanted("ﬂower") == Words("flower")
    assert wanted("ｱﾆﾏﾙ") == Words("アニマル")
    assert parse("ｎａｍｅ：ｘ cat").filters == "name:ｘ"
    with pytest.raises(QueryError) as caught:
        parse("ｃａｔ ＋ [img:zz]")
    assert caught.value.at == 6


def test_an_or_between_colours_is_either_of_them():
    assert parse("red or dark blue car") == parse("(colour:red | colour:darkblue) car")
    assert parse("red or blue").tree == parse("red | blue").tree
    assert parse("red or blue and green") == parse("(colour:red | colour:blue) colour:green")
    assert parse("red or blue car").text == "(colour:red | colour:blue) car"
    assert parse("car red or dark blue or green") == parse("(colour:red | colour:darkblue | colour:green) car")
    assert parse("blue or red panda") == parse('colour:blue | "red panda"')
    assert parse("red or blue car or boat") == parse("(red | blue) car | boat")


@pytest.mark.parametrize(
    ("line", "same"),
    [
        ("cat or dog", "cat | dog"),
        ("cat Or dog - snow", "cat | dog - snow"),
        ("red flower or blue flower", "(red flower) | (blue flower)"),
        ("red or car", "red | car"),
        ('"cat" or [img:3f2a]', "cat | [img:3f2a]"),
        ("cat, or dog", "cat | dog"),
        ("cat not dog", "cat - dog"),
        ("Not cat", "-cat"),
        ("cat but not dog, and not fox", "cat - dog - fox"),
        ("not red or blue", "-(red | blue)"),
        ("cat & ! dog", "cat - dog"),
    ],
)
def test_or_and_not_are_signs_however_they_are_written(line, same):
    assert parse(line) == parse(same)


@pytest.mark.parametrize("line", ["or", "or cat", "cat or", "red or", "cat or or dog", "(cat or) dog"])
def test_an_or_with_nothing_on_one_side_is_no_word_that_is_passed_over(line):
    with pytest.raises(QueryError, match=r'one side of or, .* The word itself is "or"') as fault:
        parse(line)
    assert line[fault.value.at : fault.value.until] == "or"


def test_or_and_not_in_names_and_in_quotation_marks_are_words():
    assert said("forget me not") == [("forget me not", 1)]
    assert said("trick or treat", known={"trick-or-treat"}.__contains__) == [("trick or treat", 1)]
    assert said('"cat or dog"') == [("cat or dog", 1)]
    assert parse('"cat or dog"').text == '"cat or dog"'
    assert said("wow ! panda") == [("wow panda", 1)]


def test_filters_beside_signs_hold_for_the_whole_search():
    assert parse("year:2024 & cat") == parse("cat AND year:2024") == parse("cat year:2024")
    for line in ("cat | year:2024", "year:2023 OR year:2024"):
        with pytest.raises(QueryError, match="Filters hold for the whole search"):
            parse(line)


TERMS = st.sampled_from(["cat", "dog", "fox", "colour:red", '"red"', "[img:3f2a]"])
LINES = st.recursive(
    TERMS,
    lambda inner: st.builds(
        lambda first, sign, second, sort: sort.format(f"{first}{sign}{second}"),
        *(inner, st.sampled_from([" + ", " - ", " & ", " | ", " & NOT ", " "]), inner),
        st.sampled_from(["{}", "({})", "-({})", "2*({})"]),
    ),
    max_leaves=6,
)


def test_not_in_parentheses_and_twice_binds_as_tightly():
    assert parse("(NOT cat) & dog") == parse("(-cat) & dog") == parse("NOT cat & dog")
    assert parse("(-cat - fox) & dog") == parse("-cat - fox + dog")
    assert parse("bird + NOT cat & NOT fox & dog") == parse("bird + (dog - cat - fox)")
    assert parse("bird + dog & NOT cat") == parse("bird + dog NOT cat") == parse("bird + (dog - cat)")
    assert parse("fox - cat & NOT dog") == parse("fox - (cat - dog)")
    assert parse("fox - NOT cat") == parse("fox + cat")
    assert said("-(-cat - dog)") == said("fox - (-cat - dog)")[1:] == [("cat", 1), ("dog", 1)]


@given(LINES)
def test_what_is_read_of_nested_signs_survives_its_text(line):
    text = parse(line).text
    assert parse(text).text == text


def test_the_same_added_and_taken_away_is_what_is_left_of_its_weight():
    assert parse("3*cat - cat").tree == parse("2*cat").tree
    assert said("cat + dog - 2*cat") == [("dog", 1), ("cat", -1)]
    assert said("cat - cat") == [("cat", 1), ("cat", -1)]


@pytest.mark.parametrize(
    ("line", "lost"),
    [
        ("cat - cat", True),
        ("Cat - cats", True),
        ("cat & NOT cat", True),
        ("red car - red", True),
        ("cat & dog - dog", True),
        ("cat - (cat | dog)", True),
        ("(cat | dog) - (dog | cat)", True),
        ("(cat | dog) - cat - dog", True),
        ("(cat | dog) - cat - fox", False),
        ("(cat - cat) & dog", True),
        ("[img:3f2a] - [img:3f2a]", True),
        ("cat + dog - cat", False),
        ("cat - cat | dog", False),
        ("cat - cat & dog", False),
        ("cat - (cat - dog)", False),
        ("red panda - red", False),
        ("red car - 0.3*red", False),
        ("-cat", False),
        ('"🐼" - "🐶"', False),
    ],
)
def test_what_is_taken_away_from_itself_leaves_nothing(line, lost):
    assert contradictions.is_nothing(parse(line).tree) is lost


def test_what_is_added_to_something_taken_away_leaves_it_so():
    for line in ("-(cat | dog)", "-(cat + dog)", "-2*(cat | dog)"):
        whole = trees.holding(parse(line).tree, parse("colour:red").tree)
        assert trees.written(whole) == f"{line} + colour:red"


@given(LINES, st.sampled_from(["colour:blue", "-colour:blue"]))
def test_a_click_changes_no_sign_of_another_term(line, added):
    query = parse(line)
    before = [(term.label, term.weight > 0) for term in query.terms]
    whole = trees.holding(query.tree, parse(added).tree)
    after = parse(trees.written(whole)) if whole is not None else parse(f"{line} {added}")
    if "blue" not in line and len(after.terms) == len(before) + 1:
        assert sorted((term.label, term.weight > 0) for term in after.terms if term.label != "blue") == sorted(before)


def test_boards_ways_to_compare_and_places_in_rankings_are_read():
    query = parse('board:"dusk at sea" + [IMG_3] like:subject year:2024')
    assert [term.wanted for term in query.terms] == [OfBoard("dusk at sea"), Numbered(3)]
    assert (query.like, query.filters) == ("subject", "year:2024")
    named = query.numbered(["0" * 64, "1" * 64, "2" * 64, ID])
    assert named.text == f'board:"dusk at sea" + [img:{ID[:16]}] like:subject year:2024'
    with pytest.raises(UsageError, match="past the end"):
        query.numbered(["0" * 64])
    twice = parse(f"[img:{ID[:16]}] + [IMG_0] + cat + [IMG_1]").numbered([ID, "1" * 64])
    assert twice.text == f"2*[img:{ID[:16]}] + cat + [img:{'1' * 16}]"


def test_only_looks_in_one_line_are_put_together_as_looks():
    assert parse("colour:red + 2*[img:3f2a] -colour:blue sketch:150_50.30.15.10.45.0a5f73").is_of_looks
    assert parse("like:look [img:3f2a]").is_of_looks
    for line in (
        "dog",
        "like:subject [img:3f2a]",
        "colour:red | colour:blue",
        "colour:red - (colour:blue & [img:3f2a])",
    ):
        assert not parse(line).is_of_looks


def test_an_error_knows_its_place():
    with pytest.raises(QueryError) as caught:
        parse("beach + [img:zz] - snow")
    assert (caught.value.at, caught.value.until) == (8, 16)
    assert "At character 9" in str(caught.value)


def test_a_term_is_taken_out_or_turned_wherever_it_stands():
    query = parse("2*(cat - dog) + red car | board:dusk name:x*")
    assert query.text == '2*(cat -dog) + colour:red car | board:"dusk" name:x*'
    assert query.without(1) == '2*cat + colour:red car | board:"dusk" name:x*'
    assert query.turned(2) == '2*(cat -dog) + (car -colour:red) | board:"dusk" name:x*'
    assert query.weighed(1, 3) == '2*(cat -3*dog) + colour:red car | board:"dusk" name:x*'
    assert query.turned(4) == '2*(cat -dog) + colour:red car | -board:"dusk" name:x*'


PIECES = (
    *"()+-&|^*[]: 12.,!，",
    *(
        "red",
        "dog",
        "t-shirt",
        "NOT ",
        "AND ",
        "OR ",
        "colour:red",
        "[img:3f2a]",
        "year:2024",
        "like:subject",
        "[IMG_1]",
    ),
    *(
        "board:x",
        'board:"a b"',
        "2*",
        "^3",
        "×",
        ".5*",
        " ",
        "a",
        "sea_horse",
        "🐶",
        "−",
        'name:"x y"',
        '"a b"',
        '"my col":3',
    ),
)


@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused_and_what_is_read_survives_its_text(text):
    try:
        query = parse(text)
    except UsageError:
        return
    assert parse(query.text) == query
    for at in range(len(query.terms)):
        assert len(parse(query.without(at)).terms) <= len(query.terms)
        parse(query.turned(at))


@pytest.mark.parametrize(
    "piece",
    [
        "or ",
        "red, ",
        "not ",
        "(",
        "a-",
        "1",
        "[ ",
        "[",
        "a:",
        '" ',
        "*",
        "x ",
        "-",
        "a + ",
        'a"',
        'name:"',
        "(a ",
        "red ",
        "^1",
        "1*",
        "×1",
        "a×",
        "a&",
    ],
)
def test_reading_takes_time_in_proportion_to_the_length(piece, monkeypatch):
    """Counted in characters that are looked at one by one or matched, not in seconds."""
    looked = 0

    class Counted:
        def __init__(self, pattern):
            self.pattern = pattern

        def match(self, text, at=0):
            nonlocal looked
            found = self.pattern.match(text, at)
            looked += 1 + (found.end() - at if found else 0)
            return found

    for name in ("_NAME", "_COLUMN", "_WEIGHT", "_POWER", "_AFTER", "_WORD"):
        monkeypatch.setattr(scanning, name, Counted(getattr(scanning, name)))
    text = (piece * 10_000)[:10_000]
    with suppress(UsageError):
        parse(text)
    assert looked <= 12 * len(text)


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


def test_names_of_the_library_are_asked_for_only_behind_a_colour():
    asked = []
    for line in ("a dog", "car red", "sleeping cat"):
        parse(line, known=lambda name: bool(asked.append(name)))
    assert not asked
    assert [str(term.label) for term in parse("red car", known=lambda name: bool(asked.append(name))).terms]
    assert asked == ["red-car"]
