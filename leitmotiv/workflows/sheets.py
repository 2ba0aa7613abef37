"""Contact sheets: pictures in justified rows under the names of their trends, laid out here and painted elsewhere."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from leitmotiv.errors import UsageError
from leitmotiv.formats import svg
from leitmotiv.imaging import sheet as painting
from leitmotiv.records import Heading, Image, Placed, Sheet
from leitmotiv.workflows.session import Session

GAP, MARGIN = 6, 40
HEADING, CAPTION = 52, 20
"""Heights of a heading and of a line of captions, pixels."""
TALLEST = 14_000
"""Pixels of a page: a longer sheet goes on on the next one."""
MOST = 5000
NARROWEST, WIDEST = 0.4, 3.5


@dataclass(frozen=True)
class Group:
    """Pictures under one heading."""

    name: str
    note: str
    images: tuple[Image, ...]


def lay_out(
    groups: Sequence[Group], *, width: int = 2000, row: int = 200, captions: bool = True, dark: bool = True
) -> list[Sheet]:
    """Lay pictures out on as many pages as they need.

    Parameters
    ----------
    width, row : int
        Width of a page and largest height of a row, pixels.

    Raises
    ------
    UsageError
        More than `MOST` pictures.
    """
    count = sum(len(group.images) for group in groups)
    if count > MOST:
        raise UsageError(f"A contact sheet takes at most {MOST:,} pictures, and these are {count:,}. Choose fewer.")
    pages: list[Sheet] = []
    pictures: list[Placed] = []
    headings: list[Heading] = []
    y = float(MARGIN)

    def turn_page() -> None:
        nonlocal y
        pages.append(Sheet(width, round(y - GAP + MARGIN), MARGIN, tuple(pictures), tuple(headings), dark))
        pictures.clear()
        headings.clear()
        y = float(MARGIN)

    below = CAPTION if captions else 0
    for group in groups:
        if group.name:
            if pictures and y + HEADING + row > TALLEST:
                turn_page()
            headings.append(Heading(group.name, group.note, y + HEADING - 20))
            y += HEADING
        for line, high in _rows(group.images, width - 2 * MARGIN, row):
            if pictures and y + high > TALLEST:
                turn_page()
            x = float(MARGIN)
            for image in line:
                wide = high * _ratio(image)
                pictures.append(Placed(image.id, x, y, wide, high, image.name if captions else ""))
                x += wide + GAP
            y += high + below + GAP
    if pictures or not pages:
        turn_page()
    return pages


def _ratio(image: Image) -> float:
    return min(WIDEST, max(NARROWEST, image.width / max(1, image.height)))


def _rows(images: Sequence[Image], width: float, row: float) -> Iterator[tuple[list[Image], float]]:
    """Fill rows from left to right; each is as high as its pictures fill the width, the last at most a row high."""
    line: list[Image] = []
    ratios = 0.0
    for image in images:
        line.append(image)
        ratios += _ratio(image)
        high = (width - GAP * (len(line) - 1)) / ratios
        if high <= row:
            yield line, high
            line, ratios = [], 0.0
    if line:
        yield line, min(row, (width - GAP * (len(line) - 1)) / ratios)


def paint(session: Session, sheet: Sheet, kind: str, report: Callable[[int, int], None] | None = None) -> bytes:
    """A page as a file.

    Parameters
    ----------
    kind : str
        "png" or "svg".
    """
    ready: dict[str, bytes] = {}
    for done, placed in enumerate(sheet.pictures, 1):
        size = 256 if max(placed.width, placed.height) <= 256 else 512
        ready[placed.id] = session.library.images.thumbnail(placed.id, size)
        if report is not None:
            report(done, len(sheet.pictures))
    return painting.paint(sheet, ready) if kind == "png" else svg.drawn(sheet, ready)
