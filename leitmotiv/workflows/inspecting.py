"""Looking into a picture with a concept: where it is found, and which crop shows it best."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from leitmotiv.analysis import framing, heat
from leitmotiv.analysis.background import centred, unit
from leitmotiv.analysis.framing import WHOLE, Window
from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import parts
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import SHORT
from leitmotiv.records import SEEN_SIDE, Concept, Crop, Float, Float32, Image, Pixels
from leitmotiv.workflows import activations
from leitmotiv.workflows.concept_files import fingerprint
from leitmotiv.workflows.concepts import require
from leitmotiv.workflows.layers import MAP, POOLED
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

Heat = Literal["share", "tiles"]
LOOKED_AT = 1024
"""Longest side of a picture whose parts are looked at, pixels."""
SHOWN = 448
"""Longest side of a drawn heat map, pixels."""
CELLS = 7
"""Cells a side of what the network sees."""
MOST = 12
"""Crops of a picture."""
_FIRST = 10
_BETTERED = 3
_STEPS = (0.2, 0.1, 0.05)
CUT, LOST = 0.4, 0.6
"""What a crop loses whose borders run through the hottest place on all sides, and what it would lose without any heat
inside; 1 is the way from the middle to the board."""
_DRAWN_APART = 0.75


def share_map(session: Session, concept: Concept, image_id: str) -> Float:
    """How much each cell of a picture gives to its score, (7, 7) float64; together they are that score.

    Of the middle square that the network sees (`seen_square`), from one look at it.

    Raises
    ------
    LayerError
        The concept is of another network.
    ImageNotFoundError, ImageReadError, MissingExtraError
    """
    require(concept, POOLED, MAP)
    features = activations.of_picture(session, image_id)
    return heat.shares(features.map[0], unit(concept.vector), concept.centre)


def tile_map(session: Session, concept: Concept, image_id: str) -> Float:
    """CAVstudio's heat map, (224, 224) float64: what tiles of four sizes would score as pictures of their own.

    Raises
    ------
    LayerError
        The concept is of another network, or knows places.
    ImageNotFoundError, ImageReadError, MissingExtraError
    """
    require(concept, POOLED)
    image = session.library.images.get(image_id)
    square = _square(_pixels(session, image))
    return heat.tile_heat(_scores(session, concept, square, heat.tiles()), SEEN_SIDE)


def tile_cells(session: Session, concept: Concept, image_id: str) -> Float:
    """The mean of CAVstudio's heat map in each cell of the share map, (7, 7) float64; see `tile_map`."""
    side = SEEN_SIDE // CELLS
    parts = tile_map(session, concept, image_id).reshape(CELLS, side, CELLS, side)
    return np.asarray(parts.mean(axis=(1, 3)))


def seen_square(image: Image) -> Crop:
    """The part of a picture that the network sees, and that heat maps are about."""
    side = min(image.width, image.height) * SEEN_SIDE / SHORT
    width, height = side / max(image.width, 1), side / max(image.height, 1)
    return Crop((1 - width) / 2, (1 - height) / 2, width, height, 0.0, "seen")


def colour_heat(session: Session, concept: Concept, image_id: str, kind: Heat = "share") -> bytes:
    """A heat map as a PNG to lay over the picture: of its proportions, clear where the network sees nothing.

    Dark is the middle of the collection, bright is the board; both kinds have one scale.
    """
    key = ("heat", fingerprint(concept), image_id, kind)
    turn = session.looking if kind == "tiles" else None
    return remember(session, key, lambda: _coloured(session, concept, image_id, kind), turn=turn)


def _coloured(session: Session, concept: Concept, image_id: str, kind: Heat) -> bytes:
    image = session.library.images.get(image_id)
    scale = SHOWN / max(image.width, image.height, 1)
    width, height = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    side = max(1, round(min(width, height) * SEEN_SIDE / SHORT))
    if kind == "share":
        cells = share_map(session, concept, image_id)
        values = heat.enlarged(as_standing(concept, cells * cells.size), side)
    else:
        values = heat.enlarged(as_standing(concept, tile_map(session, concept, image_id)), side)
    drawn = np.zeros((height, width, 4), np.uint8)
    top, left = (height - side) // 2, (width - side) // 2
    drawn[top : top + side, left : left + side] = heat.coloured(values)
    return reading.encode(drawn, "PNG")


def as_standing(concept: Concept, scores: Float) -> Float:
    """Scores of lone pictures as a share of the way from the middle of the collection (0) to the board (1)."""
    known = concept.calibration
    middle, top = (0.0, 0.2) if known is None else (known.lone_middle, known.lone_top)
    return np.asarray((scores - middle) / (top - middle))


def crops(session: Session, concept: Concept, image_id: str, n: int = 4) -> tuple[Crop, ...]:
    """The crops of a picture that score best, the best first; none comes before the whole picture that scores less.

    Windows of all proportions are estimated from one look at the picture; the most promising are looked at, and the
    best of those moved and resized in ever smaller steps as long as that betters them. A border that runs through what
    the concept sees, and what lies beyond it, count against a crop (`CUT`, `LOST`), so that subjects stay whole.

    Returns
    -------
    tuple of Crop
        At most `n`; no two overlap by more than half of their union. Scores are those of lone pictures: 0 for the
        middle of the collection, 1 for the board; what a cut costs is not taken off them.

    Raises
    ------
    LayerError
        The concept is of another network, or knows places.
    ImageNotFoundError, ImageReadError, MissingExtraError
    """
    require(concept, POOLED)
    key = ("crops", fingerprint(concept), image_id)
    found = remember(session, key, lambda: _searched(session, concept, image_id), turn=session.looking)
    return found[1][:n]


def whole_score(session: Session, concept: Concept, image_id: str) -> float:
    """What the whole picture scores by itself, on the scale of its crops.

    Raises
    ------
    LayerError, ImageNotFoundError, ImageReadError, MissingExtraError
        As `crops`.
    """
    require(concept, POOLED)
    key = ("crops", fingerprint(concept), image_id)
    found = remember(session, key, lambda: _searched(session, concept, image_id), turn=session.looking)
    return found[0]


def best_crop(session: Session, concept: Concept, pixels: Pixels) -> Crop:
    """The best crop of a picture that need not be in the library, (H, W, 3) uint8; for the camera: fewer looks.

    Raises
    ------
    LayerError, MissingExtraError
    """
    require(concept, POOLED)
    windows, scores, hot = _promising(session, concept, pixels, 6)
    best = _first(scores, _worth(concept, windows, scores, hot))
    return _crop(windows[best], float(as_standing(concept, scores)[best]))


def _first(scores: Float, worth: Float) -> int:
    """The window that is worth most of those that score no less than the whole picture, which is the first."""
    return int(np.argmax(np.where(scores >= scores[0], worth, -np.inf)))


def _searched(session: Session, concept: Concept, image_id: str) -> tuple[float, tuple[Crop, ...]]:
    """What the whole picture scores, and its crops."""
    pixels = _pixels(session, session.library.images.get(image_id))
    windows, scores, hot = _promising(session, concept, pixels, _FIRST)
    for step in _STEPS:
        best = framing.apart(windows, _worth(concept, windows, scores, hot), _BETTERED, _DRAWN_APART)
        known = set(windows)
        tried = [moved for at in best for moved in framing.varied(windows[at], step) if moved not in known]
        tried = list(dict.fromkeys(tried))
        if tried:
            windows = [*windows, *tried]
            scores = np.append(scores, _scores(session, concept, pixels, [one.box for one in tried]))
    standing = as_standing(concept, scores)
    worth = _worth(concept, windows, scores, hot)
    top = _first(scores, worth)
    # what scores more and is worth less cuts the subject; the others stand by the number that is shown of them
    worth[top] = np.inf
    worth[standing > standing[top]] = -np.inf
    chosen = [at for at in framing.apart(windows, worth, MOST, 0.5) if worth[at] > -np.inf]
    chosen.sort(key=lambda at: (-standing[at], at != top))
    return float(standing[0]), tuple(_crop(windows[at], float(standing[at])) for at in chosen)


def _worth(concept: Concept, windows: Sequence[Window], scores: Float, hot: Float) -> Float:
    """Scores as shares of the way to the board, less what a border cuts and leaves out of what is seen."""
    return as_standing(concept, scores) - CUT * framing.cut(hot, windows) - LOST * framing.left_out(hot, windows)


def _promising(session: Session, concept: Concept, pixels: Pixels, count: int) -> tuple[list[Window], Float, Float]:
    """The windows that promise most from one look at the whole picture, with it, what they really score, and the heat.

    Heat is each cell's share of the score of the whole picture, from 0 to 1.
    """
    whole = session.backbone().features(parts.parts_input(pixels, [WHOLE.box])).map[0]
    windows = framing.first_windows(pixels.shape[1] / pixels.shape[0])
    vector = unit(concept.vector)
    hot = np.maximum(heat.shares(whole, vector, concept.centre), 0)
    hot = hot / max(float(hot.max()), 1e-12)
    promised = framing.estimates(whole, vector, concept.centre, windows)
    chosen = [windows[at] for at in framing.apart(windows, _worth(concept, windows, promised, hot), count, 0.6)]
    windows = list(dict.fromkeys([WHOLE, *chosen]))
    return windows, _scores(session, concept, pixels, [one.box for one in windows]), hot


def _scores(
    session: Session, concept: Concept, pixels: Pixels, boxes: Sequence[tuple[float, float, float, float]]
) -> Float:
    """What parts of a picture score by themselves, each stretched to a square, (B,) float64."""
    return lone_scores(concept, session.backbone().features(parts.parts_input(pixels, boxes)).pooled)


def lone_scores(concept: Concept, pooled: Float32) -> Float:
    """What pictures score by themselves, by their features, (B,) float64: a cosine."""
    seen = unit(pooled) if concept.centre is None else centred(pooled, concept.centre)
    return np.asarray(seen @ unit(concept.vector), np.float64)


def _crop(window: Window, score: float) -> Crop:
    return Crop(window.x, window.y, window.width, window.height, score, window.aspect)


def _square(pixels: Pixels) -> Pixels:
    """The part that the network sees, in its own pixels."""
    height, width = pixels.shape[:2]
    side = max(1, round(min(height, width) * SEEN_SIDE / SHORT))
    top, left = (height - side) // 2, (width - side) // 2
    return pixels[top : top + side, left : left + side]


def _pixels(session: Session, image: Image) -> Pixels:
    """A picture to look at parts of; where its file is away, its thumbnail."""
    for path in image.paths:
        try:
            return reading.read_pixels(path, max_size=LOOKED_AT, max_megapixels=session.settings.max_megapixels)
        except ImageReadError:
            continue
    try:
        return reading.decoded(session.library.images.thumbnail(image.id, 512))
    except OSError as error:
        raise ImageReadError(image.path or image.id, "its file is away, and its thumbnail is damaged") from error


def cut(session: Session, image_id: str, crop: Crop) -> bytes:
    """A crop as a JPEG, in the pixels of the original file.

    Raises
    ------
    ImageReadError
        The file is away: a thumbnail would not do.
    ImageNotFoundError
    """
    image = session.library.images.get(image_id)
    failed: ImageReadError | None = None
    for path in image.paths:
        try:
            pixels = reading.read_pixels(path, max_megapixels=session.settings.max_megapixels)
        except ImageReadError as error:
            failed = error
            continue
        return reading.encode(parts.cut(pixels, (crop.x, crop.y, crop.width, crop.height)), "JPEG", 92)
    raise failed or ImageReadError(image.path or image_id, "its file is not there any more")
