"""Which pictures are copies of each other: candidates, what is measured of a pair, and the odds that it is one.

A cascade, the cheap steps first: blank pictures are left out; candidates are the nearest by look (the caller's) and by
miniature, as they are, grey, mirrored, or both; what is measured of a candidate goes into a small logit; where that is
not sure, keypoints decide (`keypoints`).
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import miniature, windows
from leitmotiv.analysis.candidates import nearest
from leitmotiv.records import Float

NEAREST = 8
"""Candidates a picture by each of the four ways to look at miniatures."""
GAIN = 0.01
"""By how much more a picture has to resemble the mirror image to be taken for mirrored."""
WITHIN = 0.93
"""A window of at most this share of the frame says that one picture lies inside the other."""
AT_ONCE = 4096
REVISION = 3
"""Grows whenever the same pairs would be judged otherwise."""

# Fitted by `python -m benchmarks.duplicates fit` on altered copies of 120 pictures of Caltech 101 whose SHA-256 is odd,
# against all odd ones of the sample; `evaluate duplicates` alters only even ones. In the order of `Measured.features`.
WEIGHTS = np.array([7.94, -5.06, -4.8, -6.22, -3.88, -7.68])
INTERCEPT = -7.83
REJECTED = -5.0
"""Below these log odds a pair is dropped without a look at its keypoints."""
SUGGESTED = -3.0
"""From here on a pair is suggested: on the pictures of the fit, 0.99 of such pairs are copies."""
SURE = 6.0
"""From here on a pair groups by itself; below it keypoints decide. None of 35,000 candidates of the fit that are no
copies reach 1, but among other photos some reached 5.6 (product shots of one kind, an enlarged detail), where copies
have 10 and more."""
AGREEING = 8
"""So many keypoints that agree on one similarity settle a pair that is not sure."""

Miniatures = NDArray[np.uint8]
Pairs = NDArray[np.int64]
Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Traits:
    """What copies of N pictures are recognised by.

    Attributes
    ----------
    miniatures : (N, 48, 48, 3) uint8
    hashes : (N, 2, 8) uint8
        Perceptual hashes of each picture and of its mirror image, packed.
    """

    miniatures: Miniatures
    hashes: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.miniatures)


@dataclass(frozen=True, eq=False)
class Views:
    """The miniatures as vectors, in which candidates are searched: of N pictures, then of their N mirror images.

    Attributes
    ----------
    colour : (2N, 192) int16
    light : (2N, 64) int16
    blank : (N,) bool
        These are nobody's candidates.
    """

    colour: NDArray[np.int16]
    light: NDArray[np.int16]
    blank: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Measured:
    """What is measured of P pairs, each at the better of two hypotheses: as they are, or the first one mirrored.

    Attributes
    ----------
    window : (P,) float32
        Largest correlation of one picture with a window of the other, either way round.
    whole : (P,) float32
        Correlation of the whole frames.
    bits : (P,) int64
        Of 64, in which the perceptual hashes differ.
    mirrored, grey : (P,) bool
        Whether the first was mirrored; whether lightness alone counts, since one of them has a single tone.
    first_inside : (P,) bool
        Whether the window lies in the second picture: then the first is the smaller part.
    place : (P,) int64
        Which window; see `windows.box`.
    """

    window: NDArray[np.float32]
    whole: NDArray[np.float32]
    bits: NDArray[np.int64]
    mirrored: NDArray[np.bool_]
    grey: NDArray[np.bool_]
    first_inside: NDArray[np.bool_]
    place: NDArray[np.int64]

    def features(self, divergences: NDArray[np.floating]) -> Float:
        """What the logit weighs, (P, 6): -ln(1.02 - window), whole, both divergences, bits by 64, grey.

        Parameters
        ----------
        divergences : (P, 2) float
            In the centred and in the common space, nats, of the mixtures under the same hypothesis.
        """
        near = -np.log(1.02 - np.clip(self.window, -1, 1))
        return np.column_stack([near, self.whole, divergences, self.bits / 64, self.grey]).astype(np.float64)


def log_odds(features: Float) -> Float:
    """Log odds that pairs with these features (P, 6) are copies, (P,)."""
    return np.asarray(features @ WEIGHTS + INTERCEPT)


def views(miniatures: Miniatures) -> Views:
    """What candidates are searched in."""
    count = len(miniatures)
    colour = np.empty((2 * count, 3 * miniature.COARSE**2), np.int16)
    light = np.empty((2 * count, miniature.COARSE**2), np.int16)
    blank = np.empty(count, np.bool_)
    for start in range(0, count, AT_ONCE):
        part = np.asarray(miniatures[start : start + AT_ONCE])
        rows = np.arange(start, start + len(part))
        blank[rows] = miniature.is_blank(part)
        for offset, values in ((0, part), (count, miniature.mirrored(part))):
            colour[offset + rows] = miniature.coordinates(values)
            light[offset + rows] = miniature.coordinates(values, grey=True)
    return Views(colour, light, blank)


def candidates(seen: Views, rows: Pairs, *, count: int = NEAREST, threads: int = 1) -> Pairs:
    """Pairs worth a closer look, (P, 2), of some pictures (R,) with all: first row below second, each pair once."""
    size = len(seen.blank)
    wanted, offered = rows[~seen.blank[rows]], np.flatnonzero(~seen.blank)
    found = []
    for vectors in (seen.colour, seen.light):
        for offset in (0, size):
            # One more than wanted: a picture may be its own mirror image.
            lists = nearest(vectors, count + 1, rows=offset + wanted, columns=offered, threads=threads)
            found.append(np.stack([np.broadcast_to(wanted[:, None], lists.shape), lists], axis=-1).reshape(-1, 2))
    return ordered(np.concatenate(found).astype(np.int64))


def ordered(pairs: Pairs) -> Pairs:
    """Pairs (P, 2) with the lower row first, each once, ascending; those with -1 or of a row with itself are gone."""
    kept = pairs[(pairs[:, 0] != pairs[:, 1]) & (pairs.min(axis=1) >= 0)]
    return np.unique(np.sort(kept, axis=1), axis=0) if len(kept) else np.zeros((0, 2), np.int64)


def measure(traits: Traits, pairs: Pairs, *, threads: int = 1, progress: Progress | None = None) -> Measured:
    """Measure pairs (P, 2) of rows, all but the divergences."""
    involved, places = np.unique(pairs, return_inverse=True)
    local = places.reshape(-1, 2)
    small = np.asarray(traits.miniatures[involved])
    toned = miniature.is_toned(small) if len(small) else np.zeros(0, np.bool_)
    plain, turned = windows.templates(small), windows.templates(miniature.mirrored(small))
    grey = np.asarray(toned[local].any(axis=1))
    values = np.full((len(pairs), 2, 2), -1, np.float32)  # pair, mirrored, which of both lies inside
    at = np.zeros((len(pairs), 2, 2), np.int64)
    # Mirroring either of two pictures is the same question, so the one that slides is mirrored.
    inside: dict[int, list[tuple[int, int, int]]] = defaultdict(list)
    for pair, (first, second) in enumerate(local.tolist()):
        inside[second].append((pair, first, 0))
        inside[first].append((pair, second, 1))

    def slide(outer: int) -> int:
        rows, others, sides = np.array(inside[outer]).T
        fit = windows.fit(np.concatenate([plain[others], turned[others]]), small[outer])
        for hypothesis in (0, 1):
            part = slice(hypothesis * len(rows), (hypothesis + 1) * len(rows))
            values[rows, hypothesis, sides] = np.where(grey[rows], fit.light[part], fit.colour[part])
            at[rows, hypothesis, sides] = np.where(grey[rows], fit.light_at[part], fit.colour_at[part])
        return outer

    with ThreadPoolExecutor(threads) as pool:
        for done, _ in enumerate(pool.map(slide, inside), 1):
            if progress is not None:
                progress(done, len(inside))
    return _best(traits, pairs, local, grey, values, at, (plain, turned))


def _best(
    traits: Traits,
    pairs: Pairs,
    local: Pairs,
    grey: NDArray[np.bool_],
    values: NDArray[np.float32],
    at: NDArray[np.int64],
    sliding: Sequence[NDArray[np.float32]],
) -> Measured:
    """Choose the better hypothesis, and for it the better way round."""
    rows = np.arange(len(pairs))
    best = values.max(axis=2)
    mirrored = best[:, 1] > best[:, 0] + GAIN
    chosen = mirrored.astype(np.int64)
    side = values[rows, chosen].argmax(axis=1)
    plain, turned = sliding
    first = np.where(mirrored[:, None], turned[local[:, 0]], plain[local[:, 0]])
    hashes = np.asarray(traits.hashes[pairs[:, 0]])[rows, chosen], np.asarray(traits.hashes[pairs[:, 1]])[:, 0]
    return Measured(
        window=values[rows, chosen, side],
        whole=_correlation(first, plain[local[:, 1]], grey),
        bits=miniature.bits_apart(*hashes),
        mirrored=mirrored,
        grey=grey,
        first_inside=side == 0,
        place=at[rows, chosen, side],
    )


def _correlation(one: NDArray[np.float32], other: NDArray[np.float32], grey: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Of templates (P, 768), row by row; of their lightness alone where `grey`."""
    light = windows.TEMPLATE**2
    counts = np.ones((len(grey), 2), np.float32)
    counts[grey, 1] = 0

    def product(a: NDArray[np.float32], b: NDArray[np.float32]) -> NDArray[np.float32]:
        parts = [np.einsum("pd,pd->p", a[:, part], b[:, part]) for part in (slice(light), slice(light, None))]
        return np.asarray((np.stack(parts, axis=1) * counts).sum(axis=1))

    return np.asarray(product(one, other) / np.sqrt(np.maximum(product(one, one) * product(other, other), 1e-6)))
