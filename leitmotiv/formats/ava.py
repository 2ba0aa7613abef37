"""Reading AVA, photographs with the votes of a contest site: AVA.txt and the lists beside it; nothing of it is shipped.

References
----------
.. [1] N. Murray, L. Marchesotti and F. Perronnin, AVA: a large-scale database for aesthetic visual analysis (2012).
"""

from collections import defaultdict
from dataclasses import replace
from pathlib import Path

from leitmotiv.errors import RatingsError
from leitmotiv.formats.rated import BINS, Reading, Troubles, checked_counts
from leitmotiv.records import RatedItem

COLUMNS = 15
"""Row number, picture, ten counts of the votes 1 to 10, two tags (0 for none), challenge."""


def read(path: Path) -> Reading:
    """Read AVA.txt, or the folder that it lies in.

    Names of tags and challenges come from ``tags.txt`` and ``challenges.txt`` beside it, the official lists and the
    styles from ``aesthetics_image_lists`` and ``style_image_lists``, where they are there.

    Raises
    ------
    RatingsError
        There is no such file, it cannot be read, or no row of it can be used.
    """
    file = path / "AVA.txt" if path.is_dir() else path
    tags, challenges = _names(file.with_name("tags.txt")), _names(file.with_name("challenges.txt"))
    lists, troubles = _lists(file.parent), Troubles()
    items = []
    for number, line in enumerate(_lines(file), 1):
        fields = line.split()
        if not fields:
            continue
        try:
            item = _item(fields, tags, challenges)
        except ValueError as error:
            troubles.corrupt.append((f"line {number}", str(error)))
            continue
        if troubles.first(item.key, f"line {number}"):
            items.append(replace(item, facts={**item.facts, **lists.get(item.key, {})}))
    return troubles.reading(items, BINS, file)


def _item(fields: list[str], tags: dict[int, str], challenges: dict[int, str]) -> RatedItem:
    if len(fields) != COLUMNS:
        raise ValueError(f"it has {len(fields)} columns, not {COLUMNS}")
    try:
        values = [int(field) for field in fields]
    except ValueError:
        raise ValueError("a column is no whole number") from None
    named = [tags.get(tag, str(tag)) for tag in values[12:14] if tag]
    facts = {"tags": named, "challenge": challenges.get(values[14], str(values[14]))}
    return RatedItem(str(values[1]), checked_counts(values[2:12]), facts=facts)


def _lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8", "replace").splitlines()
    except OSError as error:
        raise RatingsError(f"{file} cannot be read: {error.strerror or error}.") from error


def _names(file: Path) -> dict[int, str]:
    """Names by number; "_" stands for a space in those of challenges."""
    if not file.is_file():
        return {}
    parts = (line.split(maxsplit=1) for line in _lines(file))
    return {int(part[0]): part[1].strip().replace("_", " ") for part in parts if len(part) == 2 and part[0].isdigit()}


def _lists(folder: Path) -> dict[str, dict[str, list[str]]]:
    """What the official lists say of pictures: which lists they are on, and which styles they have."""
    found: dict[str, dict[str, list[str]]] = defaultdict(dict)
    for file in sorted((folder / "aesthetics_image_lists").glob("*.jpgl")):
        for line in _lines(file):
            if key := line.strip():
                found[key].setdefault("lists", []).append(file.stem)
    styles = folder / "style_image_lists"
    named = _names(styles / "styles.txt")
    for part, labels in (("train", "train.lab"), ("test", "test.multilab")):
        if not (styles / f"{part}.jpgl").is_file() or not (styles / labels).is_file():
            continue
        for key, line in zip(_lines(styles / f"{part}.jpgl"), _lines(styles / labels), strict=False):
            values = line.split()
            # one number names a style; fourteen say of each whether the picture has it
            numbers = values if len(values) == 1 else [str(n) for n, value in enumerate(values, 1) if value == "1"]
            kept = [named.get(int(number), number) for number in numbers if number.isdigit()]
            found[key.strip()].update(styles=kept, style_list=[part])
    return found
