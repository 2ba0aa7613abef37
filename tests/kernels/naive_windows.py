"""Sliding windows written for reading: numpy, one window after the other."""

import numpy as np

from leitmotiv.analysis.descriptors import overlap


def slide(templates: np.ndarray, picture: np.ndarray, sizes: tuple, faint: float) -> tuple[np.ndarray, np.ndarray]:
    """Best correlations (C, 2) of templates (C, 768) in a picture (48, 48, 3), in all channels and in the first."""
    rows = templates.reshape(len(templates), 3, 256).astype(float)
    best, places = np.full((len(templates), 2), -1.0), np.zeros((len(templates), 2), int)
    least, place = 256 * faint**2, 0
    for height, width in sizes:
        level = np.einsum("ih,hwc,jw->cij", overlap(48, height), picture.astype(float), overlap(48, width))
        for top in range(height - 15):
            for left in range(width - 15):
                window = level[:, top : top + 16, left : left + 16].reshape(3, 256)
                window = window - window.mean(axis=1, keepdims=True)
                for number, template in enumerate(rows):
                    for kind, part in enumerate((slice(3), slice(1))):
                        own, other = (template[part] ** 2).sum(), (window[part] ** 2).sum()
                        if min(own, other) >= least:
                            value = (template[part] * window[part]).sum() / np.sqrt(own * other)
                            if value > best[number, kind]:
                                best[number, kind], places[number, kind] = value, place
                place += 1
    return best, places
