"""Whether all of a picture is there: margins that are cut away before it is measured, and what is missing or torn."""

import numpy as np
from numpy.typing import NDArray

from leitmotiv.records import Float32, Pixels

PLANES = NDArray[np.int16]
"""Pixels as (3, H, W) int16, 0 to 255."""
_PAPER = 6
"""Levels by which a margin's pixels may differ, as compression leaves them."""
_MOST_CUT, _FRAMES = 0.35, 3
_CELL = 8


def without_margins(pixels: Pixels) -> Pixels:
    """The picture without plain margins at two opposite sides, (H, W, 3) uint8, pixel by pixel as it was.

    What lies at one side alone is no margin, nor what takes most of the frame; paper around a frame around a picture
    goes, and then the frame.
    """
    kept = pixels
    for _ in range(_FRAMES):
        high, wide = kept.shape[:2]
        rows, columns = _margin(kept), _margin(np.swapaxes(kept, 0, 1))
        if (not rows and not columns) or min(high - 2 * rows, wide - 2 * columns) < 2:
            break
        kept = kept[rows : high - rows, columns : wide - columns]
    return pixels if kept is pixels else np.ascontiguousarray(kept)


def _margin(pixels: Pixels) -> int:
    """Rows of one colour from the upper edge and from the lower one: the fewer of both; 0 where they are the most."""
    rows, least = len(pixels), []
    for lines in (pixels, pixels[::-1]):
        colour = np.median(lines[0], axis=0).astype(np.int16)
        most = int(rows * _MOST_CUT)
        apart = np.abs(lines[: most + 1].astype(np.int16) - colour).max(axis=(1, 2)) > _PAPER
        least.append(int(np.argmax(apart)) if apart.any() else 0)
    return min(least)


def broken(planes: PLANES) -> float:
    """Share of the frame, from the lower edge up, that repeats one row below a sharp end: the rest is missing.

    A frame around a picture ends in the same way; it is even at the sides, too.
    """
    steps = np.abs(np.diff(planes, axis=1)).max(axis=(0, 2))
    rows, changed = planes.shape[1], np.flatnonzero(steps > 1)
    if not len(changed):
        return 1.0
    last = int(changed[-1])  # the row after it and all below are alike
    if last == rows - 2:
        return 0.0
    edge = np.abs(planes[:, last + 1] - planes[:, last]).max(axis=0)
    even = np.abs(np.diff(planes[:, : last + 1, 0], axis=1)).max(axis=0, initial=0) <= 1
    repeated = np.abs(np.diff(planes[:, last + 1], axis=1)).max(axis=0)
    ends = float((edge > 8).mean()) > 0.2 or float((repeated > 4).mean()) > 0.1
    ends &= last == 0 or float(even.mean()) < 0.95
    return (rows - 1 - last) / rows if ends else 0.0


def lopsided(planes: PLANES) -> float:
    """Share of the frame that rows exactly alike take at one of its ends, beyond those at the other; columns, too."""
    most = 0.0
    for lines in (planes, np.swapaxes(planes, 1, 2)):
        steps = np.abs(np.diff(lines, axis=1)).max(axis=(0, 2)) > 1
        if not steps.any():
            return 1.0
        most = max(most, abs(int(np.argmax(steps)) - int(np.argmax(steps[::-1]))) / len(steps))
    return most


def torn(light: Float32) -> float:
    """Share of rows, or of columns, that do not go on from the one before though their neighbours do."""
    most = 0.0
    for lines in (light, light.T):
        if min(lines.shape) < 16:
            continue
        along = np.abs(np.diff(lines, axis=1))
        usual = float(along.sum()) / max(1, int((along > 0).sum()))  # enlarged pixels have steps of none
        down = np.abs(np.diff(lines, axis=0)).mean(axis=1)
        beside = np.maximum(down[:-2], down[2:])
        stands_out = (down[1:-1] > 1.7 * beside) & (down[1:-1] > 1.7 * usual + 2)
        most = max(most, float(stands_out.mean()))
    return most


def lost(light: Float32) -> float:
    """Share of cells of 8 x 8 that are of one level, with sharp ends at two sides or more: blocks that did not come."""
    rows, columns = light.shape[0] // _CELL, light.shape[1] // _CELL
    if rows < 3 or columns < 3:
        return 0.0
    cells = light[: rows * _CELL, : columns * _CELL].reshape(rows, _CELL, columns, _CELL)
    plain = np.ptp(cells, axis=(1, 3)) <= 1.0
    down = np.abs(cells[1:, 0] - cells[:-1, -1]).mean(axis=2) > 10
    right = np.abs(cells[:, :, 1:, 0] - cells[:, :, :-1, -1]).mean(axis=1) > 10
    ends = np.zeros((rows, columns), np.int64)
    ends[1:] += down
    ends[:-1] += down
    ends[:, 1:] += right
    ends[:, :-1] += right
    return float((plain & (ends >= 2)).mean())
