import jsonschema_rs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from leitmotiv.web import schema

PERSON = schema.record(
    {
        "name": schema.text(least=1, most=5),
        "age": schema.whole(0, 150),
        "share": schema.number(0, 1),
        "tags": schema.listed(schema.text(choices=("a", "b")), most=2),
        "partner": schema.maybe(schema.text()),
        "open": schema.truth(),
    },
    optional=("age", "share", "tags", "partner", "open"),
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-200, 200)
    | st.sampled_from([0.5, 2.5, -1.0])
    | st.sampled_from(["", "a", "b", "abcdef"]),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(list(PERSON["properties"])), inner, max_size=4)
    ),
    max_leaves=6,
)


@given(VALUES)
def test_a_value_fits_exactly_where_a_validator_of_json_schema_says_so(value):
    assert (schema.mismatch(PERSON, value) is None) == jsonschema_rs.is_valid(PERSON, value)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "name is not given, but must be text of between 1 and 5 characters."),
        ({"name": 3}, "name is 3, but must be text"),
        ({"name": "abcdef"}, "name is 'abcdef', but must be text of between 1 and 5 characters."),
        ({"name": "a", "age": 151}, "age is 151, but must be a whole number between 0 and 150."),
        ({"name": "a", "age": True}, "age is True, but must be a whole number"),
        ({"name": "a", "share": "x"}, "share is 'x', but must be a number between 0 and 1."),
        ({"name": "a", "tags": ["a", "c"]}, "tags[1] is 'c', but must be a or b."),
        ({"name": "a", "tags": ["a"] * 3}, "tags has 3 entries, but must have at most 2 entries."),
        ({"name": "a", "partner": 7}, "partner is 7, but must be text or null."),
        (
            {"name": "a", "colour": 1},
            "'colour' is not known here; the names are name, age, share, tags, partner, open.",
        ),
        ({"name": "a\0"}, "name holds a character that is no text."),
        ({"name": "\ud800"}, "name holds a character that is no text."),
        ([], "the value is a list, but must be an object."),
    ],
)
def test_what_is_wrong_is_said_with_its_place_its_value_and_what_was_expected(value, said):
    assert said in schema.mismatch(PERSON, value)


def test_python_types_stand_for_shapes():
    shape = schema.as_object({"ids": list, "name": schema.text(most=3)})
    assert schema.mismatch(shape, {"ids": [1], "name": "abc"}) is None
    assert "ids is 1, but must be a list" in schema.mismatch(shape, {"ids": 1})
    assert schema.mismatch(shape, {}) is None


def test_a_named_shape_is_followed(monkeypatch):
    monkeypatch.setattr(schema, "NAMED", {})
    shape = schema.named("Age", schema.whole(0, 9))
    assert schema.mismatch(schema.listed(shape), [3]) is None
    assert "[0] is 10, but must be a whole number between 0 and 9" in schema.mismatch(schema.listed(shape), [10])
