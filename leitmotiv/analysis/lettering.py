"""Posters with letters: an alphabet built of squares and quarter circles on a grid five high, and words set in it.

The letters are drawn here from plain forms, so that a poster needs no file of a typeface, and no renderer to have one.
"""

from leitmotiv.analysis import harmony, outlines
from leitmotiv.records import Drawing, Float, Shape

WIDTH, HEIGHT = 300, 400
GENES = harmony.GENES + 12
WORDS = (
    *("NOW", "JAZZ", "LIGHT", "COLOUR", "SPRING", "NIGHT", "OPERA", "MOON", "RADIO", "WAVE", "ZOO", "QUIET"),
    *("FILM", "DANCE", "HELLO", "PIXEL", "MAP", "SUN", "TYPE", "VOX", "BLACK", "RHYTHM", "FJORD", "KIOSK"),
)
"""Together they have every letter from A to Z."""
ROWS = 5
_GLYPHS = {
    "A": "(#)|#.#|###|#.#|#.#",
    "B": "##)|#.#|###|#.#|##]",
    "C": "(##|#..|#..|#..|[##",
    "D": "##)|#.#|#.#|#.#|##]",
    "E": "###|#..|##.|#..|###",
    "F": "###|#..|##.|#..|#..",
    "G": "(##|#..|#.#|#.#|[##",
    "H": "#.#|#.#|###|#.#|#.#",
    "I": "#|#|#|#|#",
    "J": "..#|..#|..#|#.#|[#]",
    "K": "#.#|#.]|##.|#.)|#.#",
    "L": "#..|#..|#..|#..|[##",
    "M": "(###)|#.#.#|#.#.#|#.#.#|#.#.#",
    "N": "##)|#.#|#.#|#.#|#.#",
    "O": "(#)|#.#|#.#|#.#|[#]",
    "P": "##)|#.#|##]|#..|#..",
    "Q": "(#)|#.#|#.#|#.#|[##",
    "R": "##)|#.#|##]|#.)|#.#",
    "S": "(##|#..|[#)|..#|##]",
    "T": "###|.#.|.#.|.#.|.#.",
    "U": "#.#|#.#|#.#|#.#|[#]",
    "V": "#.#|#.#|#.#|[#]|.#.",
    "W": "#.#.#|#.#.#|#.#.#|#.#.#|[###]",
    "X": "#.#|[#]|.#.|(#)|#.#",
    "Y": "#.#|#.#|[#]|.#.|.#.",
    "Z": "##)|..#|(#]|#..|[##",
}
"""Rows of cells: full, empty, or with a round corner, ( upper left, ) upper right, [ lower left, ] lower right."""


def letter(glyph: str, x: float, y: float, cell: float, high: float) -> tuple[str, float]:
    """The path of a letter from its upper left corner, in cells of `cell` by `high`, and how wide it is."""
    rows = _GLYPHS[glyph].split("|")
    parts = []
    for row, cells in enumerate(rows):
        for column, kind in enumerate(cells):
            left, top = x + column * cell, y + row * high
            if kind == "#":
                # a hair more than the cell: neighbours must not show a seam
                parts.append(outlines.box(left, top, cell + 0.04, high + 0.04))
            elif kind != ".":
                parts.append(_rounded(kind, left, top, cell, high))
    return "".join(parts), cell * len(rows[0])


def _rounded(kind: str, x: float, y: float, cell: float, high: float) -> str:
    """A cell with one corner cut round, by as much as its shorter side."""
    radius = min(cell, high)
    corners = {
        "(": [(x, y + high), (x, y + radius), (x + radius, y), (x + cell, y), (x + cell, y + high)],
        ")": [(x, y), (x + cell - radius, y), (x + cell, y + radius), (x + cell, y + high), (x, y + high)],
        "[": [(x, y), (x + cell, y), (x + cell, y + high), (x + radius, y + high), (x, y + high - radius)],
        "]": [(x, y), (x + cell, y), (x + cell, y + high - radius), (x + cell - radius, y + high), (x, y + high)],
    }[kind]
    bent = {"(": 2, ")": 2, "[": 4, "]": 3}[kind]
    n, r = outlines.number, outlines.number(radius)
    text = f"M{n(corners[0][0])} {n(corners[0][1])}"
    for place, (across, down) in enumerate(corners[1:], 1):
        arc = f"A{r} {r} 0 0 1 " if place == bent else "L"
        text += f"{arc}{n(across)} {n(down)}"
    return text + "Z"


def word(text: str, x: float, y: float, width: float, height: float) -> str:
    """The path of a word that fills a box."""
    cells = sum(len(_GLYPHS[one].split("|")[0]) for one in text) + len(text) - 1
    cell, at, parts = width / cells, x, []
    for one in text:
        path, wide = letter(one, at, y, cell, height / ROWS)
        parts.append(path)
        at += wide + cell
    return "".join(parts)


def lettered(genes: Float) -> Drawing:
    """Draw the poster of a genome (21,)."""
    theme = harmony.Theme(genes[: harmony.GENES].tolist())
    chosen, layout, margin, size, place, tone, count, form, across, down, radius, foot = genes[harmony.GENES :].tolist()
    text = WORDS[min(len(WORDS) - 1, int(chosen * len(WORDS)))]
    colours = theme.five()
    edge = 14 + 26 * margin
    parts = [Shape(outlines.box(0, 0, WIDTH, HEIGHT), colours[0])]
    if form > 0.3:
        at = (WIDTH * (0.2 + 0.6 * across), HEIGHT * (0.2 + 0.6 * down))
        shape = outlines.disc(*at, 40 + 90 * radius) if form > 0.6 else outlines.box(0, at[1], WIDTH, 30 + 120 * radius)
        parts.append(Shape(shape, theme.accent()))
    # never the accent: what lies behind has it
    ink, quiet = (colours[4], colours[2]) if tone < 0.6 else (colours[2], colours[4])
    room = HEIGHT - 2 * edge - (26 if foot > 0.4 else 0)
    if layout < 0.4:
        parts += _lines(text, (ink, quiet, colours[1]), edge, room, 1 + int(count * 4.999), size, place)
    elif layout < 0.75:
        parts += _cells(text, (ink, quiet), edge, room, 2 + int(count * 1.999))
    else:
        parts += _initial(text, (ink, quiet), edge, room, size)
    if foot > 0.4:
        parts.append(Shape(word(text, edge, HEIGHT - edge - 14, 60 + 50 * foot, 14), ink))
    return Drawing(WIDTH, HEIGHT, colours[0], tuple(parts))


def _lines(
    text: str, tones: tuple[str, ...], edge: float, room: float, count: int, size: float, place: float
) -> list[Shape]:
    """The word over the whole width, once or several times, one below the other."""
    high = min(room / count - 8, (0.1 + 0.3 * size) * HEIGHT)
    free = room - count * (high + 8)
    return [
        Shape(word(text, edge, edge + place * free + line * (high + 8), WIDTH - 2 * edge, high), tones[line % 3])
        for line in range(count)
    ]


def _cells(text: str, tones: tuple[str, str], edge: float, room: float, columns: int) -> list[Shape]:
    """A letter in each place of a grid."""
    rows = -(-len(text) // columns)
    wide, high = (WIDTH - 2 * edge) / columns, room / rows
    parts = []
    for number, one in enumerate(text):
        x, y = edge + number % columns * wide, edge + number // columns * high
        cell = (wide - 12) / len(_GLYPHS[one].split("|")[0])
        path, _ = letter(one, x + 6, y + 6, min(cell, (wide - 12) / 3), (high - 12) / ROWS)
        parts.append(Shape(path, tones[number % 2]))
    return parts


def _initial(text: str, tones: tuple[str, str], edge: float, room: float, size: float) -> list[Shape]:
    """A large first letter, and the others small beside its foot."""
    high = room * (0.55 + 0.3 * size)
    cells = len(_GLYPHS[text[0]].split("|")[0])
    path, _ = letter(text[0], edge, edge, (WIDTH - 2 * edge) / max(3, cells), high / ROWS)
    rest = word(text[1:], edge, edge + high + 12, (WIDTH - 2 * edge), max(16.0, room - high - 12))
    return [Shape(path, tones[0]), Shape(rest, tones[1])]
