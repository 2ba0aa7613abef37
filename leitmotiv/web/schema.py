"""Shapes of JSON, written once: a request is read by them, and the description of the interface shows them.

Each function gives a JSON Schema (2020-12, as OpenAPI 3.1 uses it) as a plain dict; `mismatch` holds a value against
one. Only what these functions write is understood.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

Schema = dict[str, Any]
NAMED: dict[str, Schema] = {}
"""Shapes with a name, to which `$ref` leads."""
ID = "^[0-9a-f]{4,64}$"


def text(
    about: str = "",
    *,
    least: int = 0,
    most: int | None = None,
    choices: Sequence[str] = (),
    pattern: str = "",
    default: str | None = None,
) -> Schema:
    """Text of `least` to `most` characters; one of `choices`; or in the form of `pattern`."""
    bounds = {"minLength": least or None, "maxLength": most, "pattern": pattern or None}
    return _made("string", about, **bounds, enum=list(choices) or None, default=default)


def whole(low: int | None = None, high: int | None = None, about: str = "", *, default: int | None = None) -> Schema:
    """A whole number from `low` to `high`."""
    return _made("integer", about, minimum=low, maximum=high, default=default)


def number(
    low: float | None = None, high: float | None = None, about: str = "", *, default: float | None = None
) -> Schema:
    """A number from `low` to `high`."""
    return _made("number", about, minimum=low, maximum=high, default=default)


def truth(about: str = "", *, default: bool | None = None) -> Schema:
    """True or false."""
    return _made("boolean", about, default=default)


def listed(item: Schema, about: str = "", *, least: int = 0, most: int | None = None) -> Schema:
    """A list of `least` to `most` things of one shape."""
    return _made("array", about, items=item, minItems=least or None, maxItems=most)


def record(
    fields: Mapping[str, Schema], about: str = "", *, optional: Sequence[str] | None = None, more: bool = False
) -> Schema:
    """An object with these fields.

    Parameters
    ----------
    optional : sequence of str, optional
        Fields that may be absent; None means all of them.
    more : bool
        Whether other fields may be there.
    """
    lacking = set(fields if optional is None else optional)
    required = [name for name in fields if name not in lacking]
    return _made(
        "object",
        about,
        properties=dict(fields),
        required=required or None,
        additionalProperties=None if more else False,
    )


def answer(fields: Mapping[str, Schema], about: str = "", *, optional: Sequence[str] = ()) -> Schema:
    """An object of an answer: every field is there but the `optional` ones, and a later version may add more."""
    return record(fields, about, optional=optional, more=True)


def keyed(value: Schema, about: str = "") -> Schema:
    """An object whose names are data, such as ids, and whose values have one shape."""
    return _made("object", about, additionalProperties=value)


def maybe(shape: Schema) -> Schema:
    """The shape, or null."""
    return {"anyOf": [shape, {"type": "null"}]}


def either(*shapes: Schema) -> Schema:
    """One of several shapes."""
    return {"anyOf": list(shapes)}


def anything(about: str = "") -> Schema:
    """Any JSON value."""
    return {"description": about} if about else {}


def named(name: str, shape: Schema) -> Schema:
    """Give a shape a name, under which the description shows it once."""
    NAMED[name] = shape
    return {"$ref": f"#/components/schemas/{name}"}


def as_object(kinds: Schema | Mapping[str, type | Schema]) -> Schema:
    """The shape of an object, given as such or as its fields' Python types (or shapes), none of which must be given."""
    if isinstance(kinds.get("type"), str):
        return dict(kinds)
    return record({name: dict(_SHAPES[kind]) if isinstance(kind, type) else kind for name, kind in kinds.items()})


def image_id(about: str = "Id of a picture, or a unique beginning of it.") -> Schema:
    """The id of a picture."""
    return text(about, least=1, most=128)


def moment(about: str = "") -> Schema:
    """A moment, ISO 8601."""
    return text(about, pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}")


def mismatch(shape: Schema, value: Any, where: str = "") -> str | None:
    """What is wrong with a value, as "ids[3] is 7, but must be text"; None where it fits."""
    if "$ref" in shape:
        shape = NAMED[shape["$ref"].rpartition("/")[2]]
    if "anyOf" in shape:
        found = [mismatch(one, value, where) for one in shape["anyOf"]]
        if not all(found):
            return None
        fitting = [text for one, text in zip(shape["anyOf"], found, strict=True) if _is(one.get("type"), value)]
        return fitting[0] if fitting else _wrong(where, value, " or ".join(map(_said, shape["anyOf"])))
    if "type" in shape and not _is(shape["type"], value):
        return _wrong(where, value, _said(shape))
    if "enum" in shape and value not in shape["enum"]:
        return _wrong(where, value, _said(shape))
    check = _CHECKS.get(shape.get("type", ""))
    return None if check is None else check(shape, value, where)


def _text(shape: Schema, value: str, where: str) -> str | None:
    if any("\ud800" <= letter <= "\udfff" or letter == "\0" for letter in value):
        return f"{where or 'the value'} holds a character that is no text."
    if not shape.get("minLength", 0) <= len(value) <= shape.get("maxLength", math.inf):
        return _wrong(where, value, _said(shape))
    if "pattern" in shape and re.search(shape["pattern"], value) is None:
        return _wrong(where, value, f"in the form {shape['pattern']}")
    return None


def _number(shape: Schema, value: float, where: str) -> str | None:
    if not math.isfinite(value):
        return _wrong(where, value, "finite")
    if not shape.get("minimum", -math.inf) <= value <= shape.get("maximum", math.inf):
        return _wrong(where, value, _said(shape))
    return None


def _array(shape: Schema, value: list[Any], where: str) -> str | None:
    if not shape.get("minItems", 0) <= len(value) <= shape.get("maxItems", math.inf):
        return f"{where or 'the list'} has {len(value):,} entries, but must have {_range(shape, 'Items', 'entries')}."
    for at, item in enumerate(value):
        if wrong := mismatch(shape.get("items", {}), item, f"{where}[{at}]"):
            return wrong
    return None


def _object(shape: Schema, value: dict[str, Any], where: str) -> str | None:
    fields, more = shape.get("properties", {}), shape.get("additionalProperties", True)
    for name in shape.get("required", ()):
        if name not in value:
            return f"{_inside(where, name)} is not given, but must be {_said(fields[name])}."
    for name, item in value.items():
        if name not in fields and more is False:
            return f"{_inside(where, name)!r} is not known here; the names are {', '.join(fields)}."
        inner = fields.get(name, more if isinstance(more, dict) else {})
        if wrong := mismatch(inner, item, _inside(where, name)):
            return wrong
    return None


_CHECKS: dict[str, Callable[[Schema, Any, str], str | None]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "array": _array,
    "object": _object,
}
_KINDS: dict[str, tuple[type, ...]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "array": (list,),
    "object": (dict,),
    "null": (type(None),),
}
_NAMES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "an object",
    "null": "null",
}
_SHAPES: dict[type, Schema] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    list: {"type": "array"},
    dict: {"type": "object"},
}


def _is(kind: str | None, value: Any) -> bool:
    if kind is None:
        return True
    return isinstance(value, _KINDS[kind]) and (kind == "boolean" or not isinstance(value, bool))


def _made(kind: str, about: str, **more: Any) -> Schema:
    return (
        {"type": kind}
        | {name: one for name, one in more.items() if one is not None}
        | ({"description": about} if about else {})
    )


def _inside(where: str, name: str) -> str:
    return f"{where}.{name}" if where else name


def _wrong(where: str, value: Any, expected: str) -> str:
    shown = (
        repr(value) if not isinstance(value, list | dict) else _NAMES["array" if isinstance(value, list) else "object"]
    )
    shown = shown.encode("utf-8", "backslashreplace").decode()
    return f"{where or 'the value'} is {shown[:80] + '…' if len(shown) > 80 else shown}, but must be {expected}."


def _said(shape: Schema) -> str:
    """A shape in words."""
    if "$ref" in shape:
        shape = NAMED[shape["$ref"].rpartition("/")[2]]
    if "anyOf" in shape:
        return " or ".join(map(_said, shape["anyOf"]))
    if "enum" in shape:
        return (
            ", ".join(map(str, shape["enum"][:-1])) + f" or {shape['enum'][-1]}"
            if len(shape["enum"]) > 1
            else str(shape["enum"][0])
        )
    name = _NAMES.get(shape.get("type", ""), "any value")
    if shape.get("type") in ("integer", "number") and ("minimum" in shape or "maximum" in shape):
        return f"{name} {_range(shape, 'imum', '').strip()}"
    if shape.get("type") == "string" and ("minLength" in shape or "maxLength" in shape):
        return f"{name} of {_range(shape, 'Length', 'characters')}"
    return name


def _range(shape: Schema, bound: str, unit: str) -> str:
    low, high = shape.get(f"min{bound}"), shape.get(f"max{bound}")
    if low is not None and high is not None:
        return f"between {low:,} and {high:,} {unit}".strip()
    return (f"at least {low:,} {unit}" if low is not None else f"at most {high:,} {unit}").strip()
