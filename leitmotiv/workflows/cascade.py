"""The cascade that tells copies, over pictures from anywhere: what is measured, the odds, keypoints in between."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import copies, divergence, windows
from leitmotiv.analysis.copies import Measured, Pairs, Traits
from leitmotiv.analysis.keypoints import agreeing
from leitmotiv.analysis.reshaping import reshaped
from leitmotiv.imaging.keypoints import keypoints
from leitmotiv.records import Copy, Float, Keypoints, Mixture, Pixels
from leitmotiv.settings import Settings
from leitmotiv.workflows.measuring import look

REMEMBERED = 400
"""Pictures whose keypoints are kept for the next pair."""
Tell = Callable[[str, int, int], None]


class Source(Protocol):
    """N pictures that are looked at for copies."""

    @property
    def ids(self) -> Sequence[str]:
        """Their names, in the order of the rows."""

    @property
    def traits(self) -> Traits:
        """What copies are recognised by."""

    def mixtures(self, rows: Sequence[int]) -> list[Mixture]:
        """Mixtures of some rows."""

    def small(self, row: int) -> Pixels:
        """One picture at about 256 pixels."""


@dataclass(eq=False)
class Judge:
    """Judges pairs of one source.

    Attributes
    ----------
    measured, looked_closer : int
        Pairs that were measured, and whose keypoints were compared.
    """

    source: Source
    settings: Settings
    tell: Tell
    measured: int = 0
    looked_closer: int = 0
    _keypoints: dict[tuple[int, bool], Keypoints] = field(default_factory=dict)

    def copies(self, pairs: Pairs) -> list[Copy]:
        """The pairs (P, 2) of rows that are copies, or perhaps."""
        if not len(pairs):
            return []
        found = copies.measure(
            self.source.traits,
            pairs,
            threads=self.settings.cores,
            progress=lambda done, total: self.tell("Comparing likely copies", done, total),
        )
        parts = self._divergences(pairs, found)
        odds = copies.log_odds(found.features(parts))
        self.measured += len(pairs)
        close = np.flatnonzero(odds >= copies.REJECTED)
        answers = []
        for done, pair in enumerate(close.tolist(), 1):
            copy = self._decided(pairs[pair], found, pair, float(odds[pair]), parts[pair])
            if copy is not None:
                answers.append(copy)
            self.tell("Looking closer", done, len(close))
        return answers

    def _divergences(self, pairs: Pairs, found: Measured) -> NDArray[np.float32]:
        """In both spaces, of the mixtures as the hypothesis has them: mirrored, grey, both or neither, (P, 2)."""
        wanted: dict[tuple[int, bool, bool], int] = {}

        def slot(row: int, mirrored: bool, grey: bool) -> int:
            return wanted.setdefault((row, mirrored, grey), len(wanted))

        modes = zip(pairs.tolist(), found.mirrored.tolist(), found.grey.tolist(), strict=True)
        local = [(slot(a, mirrored, grey), slot(b, False, grey)) for (a, b), mirrored, grey in modes]
        rows = sorted({row for row, _, _ in wanted})
        plain = dict(zip(rows, self.source.mixtures(rows), strict=True))
        mixtures = [
            reshaped(plain[row], mirrored=mirrored, grey=grey) if mirrored or grey else plain[row]
            for row, mirrored, grey in wanted
        ]
        packed = divergence.pack(mixtures, look=look(self.settings))
        return divergence.js_pair_parts(packed, np.array(local), look=look(self.settings), threads=self.settings.cores)

    def _decided(self, pair: Pairs, found: Measured, at: int, odds: float, parts: Float) -> Copy | None:
        points = None
        sure = odds >= copies.SURE
        mirrored = bool(found.mirrored[at])
        if not sure:
            points = self._agreeing(int(pair[0]), int(pair[1]), mirrored)
            sure = points >= copies.AGREEING
        if not sure and odds < copies.SUGGESTED:
            return None
        box = windows.box(int(found.place[at]))
        within = box[2] * box[3] <= copies.WITHIN
        left, right = self.source.ids[pair[0]], self.source.ids[pair[1]]
        inside: Literal["left", "right", ""] = ""
        if within:
            inside = "left" if found.first_inside[at] == (left < right) else "right"
        left, right = sorted((left, right))
        return Copy(
            left=left,
            right=right,
            kind="near",
            score=odds,
            sure=bool(sure),
            mirrored=mirrored,
            grey=bool(found.grey[at]),
            inside=inside,
            box=box if within else (0.0, 0.0, 1.0, 1.0),
            correlation=float(found.window[at]),
            divergence=float(look(self.settings).combine(np.asarray(parts, np.float32))),
            bits=int(found.bits[at]),
            keypoints=points,
        )

    def _agreeing(self, first: int, second: int, mirrored: bool) -> int:
        self.looked_closer += 1
        rng = np.random.default_rng([self.settings.seed, first, second])
        return agreeing(self._points(first, mirrored), self._points(second, False), rng)

    def _points(self, row: int, mirrored: bool) -> Keypoints:
        key = (row, mirrored)
        if key not in self._keypoints:
            pixels = self.source.small(row)
            points = keypoints(pixels[:, ::-1] if mirrored else pixels)
            while len(self._keypoints) >= REMEMBERED:
                del self._keypoints[next(iter(self._keypoints))]
            self._keypoints[key] = points
        return self._keypoints[key]
