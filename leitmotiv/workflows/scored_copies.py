"""Copies among files that a critic scored: which show the same, and which of them it prefers; no library is changed."""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from leitmotiv.analysis import copies, miniature
from leitmotiv.errors import ImageReadError
from leitmotiv.imaging import read as reading
from leitmotiv.records import Critic
from leitmotiv.workflows import critic_files
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session

PHASE = "Comparing"
_SIDE, _AT_ONCE = 512, 64
_RULES = ((0.998, 64), (0.985, 8), (0.975, 2))
"""Least correlation of two pictures, or of one with a part of the other, with the most bits of 64 in which hashes may
differ: they differ where one is a part of the other."""


@dataclass(frozen=True)
class File:
    """One of several files that show the same.

    Attributes
    ----------
    alike : float
        Correlation with the one that is kept, 1 for the same pixels.
    """

    path: bytes
    score: float
    deviation: float
    alike: float


@dataclass(frozen=True)
class Found:
    """Groups of files that show the same, the one of the highest score first; how many files were scored."""

    groups: tuple[tuple[File, ...], ...]
    files: int
    failed: list[tuple[str, str]]


@dataclass(frozen=True, eq=False)
class _Seen:
    small: copies.Miniatures
    hashes: NDArray[np.uint8]
    digest: bytes


def duplicates(session: Session, critic: Critic, folders: Sequence[Path], report: Report | None = None) -> Found:
    """Find files of folders that show the same: scored, compared with each other, grouped.

    Equal scores are neither needed nor enough: pictures are compared by what they show at 48 x 48, as they are and
    mirrored, and by their perceptual hashes. Blank pictures are the same where their pixels are.

    Raises
    ------
    UsageError
        There is no such folder.
    MissingExtraError
        The weights are not installed, or damaged.
    """
    scored = critic_files.score(session, critic, folders, report)
    told, seen, rows = scored.critique, [], []
    pace = Pace()
    with ThreadPoolExecutor(max(1, session.settings.cores)) as pool:
        for start in range(0, len(scored.paths), _AT_ONCE):
            part = scored.paths[start : start + _AT_ONCE]
            for row, one in enumerate(pool.map(lambda path: _look(session, path), part), start):
                if one is not None:
                    seen.append(one)
                    rows.append(row)
            if report is not None:
                report(pace.step(PHASE, start + len(part), len(scored.paths)))
    mean, deviation = told.mean[rows], told.deviation[rows]
    groups = []
    for members, alike in _groups(seen, session.settings.cores):
        best = max(members, key=lambda row: (mean[row], -row))
        order = sorted(members, key=lambda row: (row != best, -mean[row], row))
        groups.append(
            tuple(
                File(
                    os.fsencode(told.ids[rows[row]]),
                    float(mean[row]),
                    float(deviation[row]),
                    1.0 if row == best else alike.get((min(row, best), max(row, best)), _nearest(alike, row)),
                )
                for row in order
            )
        )
    groups.sort(key=lambda group: -group[0].score)
    return Found(tuple(groups), len(scored.paths), scored.failed)


def _nearest(alike: dict[tuple[int, int], float], row: int) -> float:
    """How alike a file is to the nearest of its group, where it was not compared with the one that is kept."""
    return max(value for pair, value in alike.items() if row in pair)


def _look(session: Session, path: bytes) -> _Seen | None:
    with suppress(ImageReadError):  # it went away since it was scored
        pixels = reading.read_pixels(path, max_size=_SIDE, max_megapixels=session.settings.max_megapixels)
        digest = hashlib.sha256(repr(pixels.shape).encode() + pixels.tobytes()).digest()
        return _Seen(miniature.miniature(pixels), miniature.perceptual_hashes(pixels), digest)
    return None


def _groups(seen: Sequence[_Seen], threads: int) -> list[tuple[list[int], dict[tuple[int, int], float]]]:
    """Rows that belong together, and how alike the pairs are that join them."""
    if len(seen) < 2:
        return []
    traits = copies.Traits(np.stack([one.small for one in seen]), np.stack([one.hashes for one in seen]))
    pairs = copies.candidates(copies.views(traits.miniatures), np.arange(len(seen)), threads=threads)
    alike: dict[tuple[int, int], float] = {}
    if len(pairs):
        found = copies.measure(traits, pairs, threads=threads)
        nearest = np.maximum(found.whole, found.window)
        kept = np.any([(nearest >= least) & (found.bits <= most) for least, most in _RULES], axis=0)
        for (one, other), value in zip(pairs[kept].tolist(), nearest[kept].tolist(), strict=True):
            alike[one, other] = min(float(value), 1.0)
    first: dict[bytes, int] = {}
    for row, one in enumerate(seen):
        same = first.setdefault(one.digest, row)
        if same != row:
            alike[same, row] = 1.0
    root = list(range(len(seen)))

    def top(row: int) -> int:
        while root[row] != row:
            row = root[row]
        return row

    for one, other in alike:
        root[top(other)] = top(one)
    members: dict[int, list[int]] = {}
    for row in range(len(seen)):
        members.setdefault(top(row), []).append(row)
    return [
        (group, {pair: value for pair, value in alike.items() if pair[0] in group})
        for group in members.values()
        if len(group) > 1
    ]
