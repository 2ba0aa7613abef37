"""Reading texts about pictures: plain text, JSON of one picture or of many, and tables; what they say, of whom."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from leitmotiv.errors import UsageError
from leitmotiv.formats import catalogues
from leitmotiv.formats.catalogues import decoded, sound
from leitmotiv.records import CaptionKind, Told

LARGEST = 1_000_000
"""Bytes of the largest file that tells of one picture."""
FIELDS: Mapping[str, CaptionKind] = {
    **dict.fromkeys(("caption", "captions", "text", "description", "desc", "alt", "alt_text", "comment"), "caption"),
    **dict.fromkeys(("sentence", "sentences", "raw", "abstract", "prompt"), "caption"),
    **dict.fromkeys(("title", "headline", "label"), "title"),
    **dict.fromkeys(("keywords", "keyword", "tags", "tag", "hashtags", "labels", "subject"), "keywords"),
}
"""Names, of columns or of JSON fields, under which texts are looked for, and what each holds."""
KEYS = (
    *("file", "filename", "file_name", "file name", "path", "filepath", "image", "image_name", "picture", "img"),
    *("name", "id", "image_id", "sha256", "key", "url"),
)
"""Names under which stands which picture is meant."""
_TRANSLATED = re.compile(r"[a-z]{2,3}(?:[_@][\w@]+)?(?:\.utf8)?=")
_Texts = list[tuple[CaptionKind, str]]


def of_text(data: bytes) -> str:
    """What a plain text beside a picture says: all of it, but for lines that say it in other languages ("de.utf8=…").

    Raises
    ------
    UsageError
        It is no text, or too large for a caption.
    """
    text = _plain(data)
    lines = (line.strip() for line in text.splitlines())
    return " ".join(line for line in lines if line and not _TRANSLATED.match(line))


def of_json(data: bytes) -> Sequence[tuple[CaptionKind, str]]:
    """What a JSON file beside a picture says of it: a text, a list of texts, or fields as in `FIELDS`.

    Raises
    ------
    UsageError
        It is no JSON, or says nothing.
    """
    try:
        found = _texts_of(json.loads(_plain(data)))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"it is no JSON that can be read ({error})") from error
    if not found:
        raise UsageError(f"no field in it is called {', '.join(list(FIELDS)[:4])} or the like")
    return _sound(found)


def read(path: Path, *, key: str | None = None, columns: Sequence[str] = ()) -> Told:
    """Read a file that tells of many pictures: CSV, TSV, JSON Lines, a JSON list or map, or COCO's captions.

    Parameters
    ----------
    key : str, optional
        The column or field that says which picture; the first of `KEYS` that there is without it.
    columns : sequence of str
        Those that hold texts; those called as in `FIELDS` without any.

    Raises
    ------
    UsageError
        There is no such file or column, or it holds no text.
    """
    whole = _whole(path)
    if whole is not None:
        try:
            listed = _of_coco(whole) if isinstance(whole.get("annotations"), list) else _of_map(whole)
        except RecursionError as error:
            raise UsageError(f"{path} is no table: its lists lie too deep in each other.") from error
        texts, encoding = {sound(name): _sound(told) for name, told in listed.items()}, "utf-8"
    else:
        sheet = catalogues.read(path)
        texts, encoding = _of_sheet(sheet, path, key, columns), sheet.encoding
    if not texts:
        raise UsageError(f"{path} has no captions: every text in it is empty.")
    return Told(texts, encoding)


def _sound(texts: _Texts) -> _Texts:
    return [(kind, sound(text)) for kind, text in texts]


def _plain(data: bytes) -> str:
    if len(data) > LARGEST:
        raise UsageError(f"it is larger than any caption ({len(data):,} bytes)")
    text, _ = decoded(data)
    if "\0" in text:
        raise UsageError("it is no text")
    return text


def _whole(path: Path) -> dict[str, Any] | None:
    """A file that is one JSON object; None for everything else, tables and JSON Lines included."""
    if path.suffix.lower() != ".json":
        return None
    try:
        if path.stat().st_size > catalogues.BYTES:
            return None
        found = json.loads(decoded(path.read_bytes())[0])
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _of_coco(whole: Mapping[str, Any]) -> dict[str, _Texts]:
    """Captions apart from pictures, joined by number."""
    images = [one for one in whole.get("images") or [] if isinstance(one, dict)]
    names = {one.get("id"): str(one.get("file_name") or one.get("filename") or one.get("id")) for one in images}
    texts: dict[str, _Texts] = {}
    for one in whole["annotations"]:
        if isinstance(one, dict) and isinstance(one.get("caption"), str) and one["caption"].strip():
            number = one.get("image_id")
            texts.setdefault(names.get(number, str(number)), []).append(("caption", one["caption"].strip()))
    return texts


def _of_map(whole: Mapping[str, Any]) -> dict[str, _Texts]:
    """A map of file names to texts; lists of objects inside of it ("images": […]) count, too."""
    texts: dict[str, _Texts] = {}
    for name, value in whole.items():
        listed = value if isinstance(value, list) and value and all(isinstance(one, dict) for one in value) else None
        keyed = [(called, one) for one in listed or [] if (called := _called(one))]
        for called, one in keyed:
            texts.setdefault(called, []).extend(_texts_of(one))
        if not keyed and (found := _texts_of(value)):
            texts.setdefault(name, []).extend(found)
    return {name: found for name, found in texts.items() if found}


def _called(one: Mapping[str, Any]) -> str:
    return next((str(one[key]) for key in KEYS if isinstance(one.get(key), (str, int)) and str(one[key])), "")


def _texts_of(value: Any) -> _Texts:
    """What a JSON value says."""
    if isinstance(value, str):
        return [("caption", value.strip())] if value.strip() else []
    if isinstance(value, list):
        return [one for part in value for one in _texts_of(part)]
    if not isinstance(value, dict):
        return []
    found: _Texts = []
    for name, part in value.items():
        kind = FIELDS.get(str(name).casefold())
        if kind == "keywords":
            told = "; ".join(_leaves(part))
            found += [(kind, told)] if told else []
        elif kind is not None:
            found += [(kind, text) for _, text in _texts_of(part)]
    return found


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield value.strip()
    elif isinstance(value, dict):
        yield from _leaves(value.get("name") or value.get("content") or "")
    elif isinstance(value, list):
        for part in value:
            yield from _leaves(part)


def _of_sheet(sheet: catalogues.Sheet, path: Path, key: str | None, columns: Sequence[str]) -> dict[str, _Texts]:
    folded = [name.casefold() for name in sheet.names]
    for name in (*columns, *([key] if key is not None else [])):
        if name.casefold() not in folded:
            raise UsageError(f"{path} has no column {name!r}. Its columns are: {', '.join(sheet.names)}.")
    at = folded.index(key.casefold()) if key is not None else _first(folded, KEYS)
    wanted = [folded.index(name.casefold()) for name in columns] or [n for n, one in enumerate(folded) if one in FIELDS]
    wanted = [place for place in wanted if place != at]
    if at is None and len(folded) == 2:
        at, wanted = 0, wanted or [1]
        wanted = [place for place in wanted if place != at] or [1]
    if at is None or not wanted:
        missing = "which picture a row is about (--key)" if at is None else "the captions (--column)"
        raise UsageError(
            f"{path} does not say which column holds {missing}. Its columns are: {', '.join(sheet.names)}."
        )
    texts: dict[str, _Texts] = {}
    for row in sheet.rows:
        said: _Texts = [(FIELDS.get(folded[place], "caption"), row[place]) for place in wanted if row[place]]
        if row[at] and said:
            texts.setdefault(row[at], []).extend(said)
    return texts


def _first(names: Sequence[str], wanted: Sequence[str]) -> int | None:
    return next((names.index(name) for name in wanted if name in names), None)
