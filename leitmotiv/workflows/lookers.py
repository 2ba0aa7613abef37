"""What sees: patches, palettes and networks, made of the parts of eyes; nothing is kept here."""

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from leitmotiv.analysis import mixture, patchwork, transport
from leitmotiv.errors import EyesError, ImageReadError
from leitmotiv.imaging import edges, given
from leitmotiv.imaging import read as reading
from leitmotiv.imaging.square import middle_square
from leitmotiv.records import Eyes, Pixels
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.partial import IN_COLOUR, Glimpse, check, glimpse
from leitmotiv.workflows.session import Session

if TYPE_CHECKING:
    from leitmotiv.nets import eye_graph

PICTURES, SHOWN, PALETTE, NETWORK = "pictures.png", "shown.png", "palette.json", "generator.onnx"
"""Parts: pictures of patches, one below the other; what is shown of them, where it was not made here; colours."""
WANTED = {"patches": PICTURES, "palette": PALETTE, "network": NETWORK}
"""The part without which eyes of each way see nothing."""
MOST_MEGAPIXELS = 64.0
"""Of the pictures of patches: 400 of 256 pixels a side have 26."""
NEAR, FAR = 64, 16
"""What is matched is blurred by this part of the side; grey kinds are matched twice."""


class Looker(Protocol):
    """What sees."""

    side: int

    def look(self, shown: Pixels, before: "Sight | None" = None) -> "Sight":
        """What is seen where (S, S, 3) uint8 is shown; `before` is what was seen of the frame before."""
        ...


@dataclass(frozen=True, eq=False)
class Sight:
    """What was seen, and what the next frame of a film begins with.

    Attributes
    ----------
    pixels : (S, S, 3) uint8
    redrawn : patchwork.Redrawn or None
        The patches that it is made of, where it is made of patches.
    """

    pixels: Pixels
    redrawn: patchwork.Redrawn | None = None


@dataclass(frozen=True, eq=False)
class Seen:
    """A picture through eyes, all of it (S, S, 3) uint8.

    Attributes
    ----------
    shown, seen, truth
        What was shown of the picture, what was seen, and what is there.
    glimpse : Glimpse
    sight : Sight
        For the next frame of a film to begin with.
    """

    shown: Pixels
    seen: Pixels
    truth: Pixels
    glimpse: Glimpse
    sight: Sight


def looker(session: Session, eyes: Eyes) -> Looker:
    """What sees, remembered as long as the eyes stay the same.

    Raises
    ------
    EyesError
        A part is not the one that the card was written for, or does not fit it.
    NotFoundError, MissingExtraError
    """
    key = ("looker", eyes.id, session.library.eyes.stamp(eyes.id))
    return remember(session, key, lambda: _looker(session, eyes), lane=True)


def see(
    session: Session, eyes: Eyes, pixels: Pixels, before: Seen | None = None, *, looks: Looker | None = None
) -> Seen:
    """A picture (H, W, 3) through eyes: its middle square; `before` is the frame before, in a film.

    Raises
    ------
    EyesError, NotFoundError, MissingExtraError
    """
    looks = looker(session, eyes) if looks is None else looks
    truth = middle_square(pixels, eyes.side)
    taken = glimpse(truth, eyes.partial, None if before is None else before.glimpse)
    sight = looks.look(taken.pixels, None if before is None else before.sight)
    return Seen(taken.pixels, sight.pixels, truth, taken, sight)


def try_out(session: Session, eyes: Eyes) -> None:
    """Look at nothing in particular, so that eyes that cannot see are found out.

    Raises
    ------
    EyesError, NotFoundError, MissingExtraError
    """
    seen = looker(session, eyes).look(np.full((eyes.side, eyes.side, 3), 128, np.uint8)).pixels
    if seen.shape != (eyes.side, eyes.side, 3) or seen.dtype != np.uint8:
        raise EyesError(f"The eyes {eyes.id!r} do not see pictures of {eyes.side} pixels, as their card says.")


class Patches:
    """Sees by patches of its pictures."""

    def __init__(self, pictures: Pixels, shown: Pixels, coloured: bool, seed: int) -> None:
        self.side = int(pictures.shape[1])
        self._coloured = coloured
        self._seed = seed
        matched = np.stack([self._matched(one) for one in shown])
        self._work = patchwork.Patchwork(np.ascontiguousarray(matched), np.ascontiguousarray(pictures))

    def look(self, shown: Pixels, before: Sight | None = None) -> Sight:
        """Re-draw what is shown out of patches."""
        redrawn = patchwork.redraw(
            self._work, self._matched(shown), self._seed, None if before is None else before.redrawn
        )
        return Sight(redrawn.pixels, redrawn)

    def _matched(self, shown: Pixels) -> Pixels:
        """What patches are compared by: colours blurred a little, or greys blurred a little and a lot."""
        if self._coloured:
            return edges.smooth(shown, self.side / NEAR)
        levels = np.ascontiguousarray(shown[..., 0])
        return np.stack([edges.smooth(levels, self.side / part) for part in (NEAR, FAR)], axis=-1)


class Palette:
    """Sees in the colours of its pictures."""

    def __init__(self, colours: transport.Colours, side: int, seed: int) -> None:
        self.side = side
        self._colours = colours
        self._seed = seed

    def look(self, shown: Pixels, before: Sight | None = None) -> Sight:
        """Move the colours that are shown to those that are known."""
        source = transport.colours_of([mixture.fit_image(shown, seed=self._seed)])
        return Sight(transport.carry(shown, source, self._colours))


class Trained:
    """Sees by a network."""

    def __init__(self, graph: "eye_graph.Eyes") -> None:
        self.side = graph.side
        self._graph = graph

    def look(self, shown: Pixels, before: Sight | None = None) -> Sight:
        """What the network makes of what is shown; it knows nothing of frames before."""
        return Sight(self._graph.run(shown[None])[0])


def _looker(session: Session, eyes: Eyes) -> Looker:
    check(eyes.partial)
    library, seed = session.library, int(eyes.card.get("seed", 0))
    if eyes.way == "palette":
        return Palette(_colours(library.eyes.part(eyes.id, PALETTE)), eyes.side, seed)
    if eyes.way == "patches":
        pictures = uncolumn(library.eyes.part(eyes.id, PICTURES), eyes.side)
        if SHOWN in library.eyes.parts(eyes.id):
            shown = uncolumn(library.eyes.part(eyes.id, SHOWN), eyes.side)
        else:
            shown = np.stack([glimpse(one, eyes.partial, seed=seed).pixels for one in pictures])
        if len(shown) != len(pictures):
            raise EyesError(f"The eyes {eyes.id!r} have {len(pictures)} pictures, but were shown {len(shown)}.")
        return Patches(pictures, shown, eyes.partial.kind in IN_COLOUR, seed)
    from leitmotiv.nets import eye_graph  # onnxruntime: only who asks waits for it

    data = library.eyes.part(eyes.id, NETWORK)
    return Trained(eye_graph.Eyes(data, side=eyes.side, threads=session.settings.cores))


def column(pixels: Pixels) -> bytes:
    """Squares (N, S, S, 3) as one PNG, one below the other."""
    return reading.encode(pixels.reshape(-1, *pixels.shape[2:]), "PNG")


def uncolumn(data: bytes, side: int) -> Pixels:
    """What `column` wrote.

    Raises
    ------
    EyesError
        It is no such picture.
    """
    try:
        pixels = given.pixels_of(io.BytesIO(data), max_megapixels=MOST_MEGAPIXELS)
    except ImageReadError as error:
        raise EyesError(f"The pictures of eyes cannot be read: {error.reason}.") from error
    if pixels.ndim != 3 or pixels.shape[1] != side or pixels.shape[0] % side or pixels.shape[2] != 3:
        raise EyesError(f"The pictures of eyes do not fit their card: {pixels.shape[:2]} for a side of {side}.")
    return pixels.reshape(-1, side, side, 3)


def _colours(data: bytes) -> transport.Colours:
    try:
        form = json.loads(data)
        weights, means, covariances = (np.array(form[name], np.float64) for name in ("weights", "means", "covariances"))
    except (ValueError, TypeError, KeyError) as error:
        raise EyesError(f"The palette of eyes cannot be read: {error}.") from error
    count = len(weights) if weights.ndim == 1 else 0
    fits = 0 < count <= 256 and means.shape == (count, 3) and covariances.shape == (count, 3, 3)
    if not fits or not all(np.isfinite(one).all() for one in (weights, means, covariances)):
        raise EyesError("The palette of eyes is damaged: its weights, means and covariances do not fit each other.")
    if not (weights > 0).all() or not (np.linalg.eigvalsh(covariances) > 0).all():
        raise EyesError("The palette of eyes is damaged: a weight or a covariance is not positive.")
    return transport.Colours(weights, means, covariances)
