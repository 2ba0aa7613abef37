"""How well a personal taste is learnt, by simulated raters of colour themes: `python -m benchmarks.taste`.

Simulated raters, and called so; with the themes of O'Donovan, Agarwala and Hertzmann at hand, import them and run
`leitmotiv evaluate taste themes`, which is what this does with made-up ones in the same two files. Each rater's worth
of a theme is what everybody thinks (contrast of lightness, moderate chroma) plus a taste of their own (hues, lightness,
chroma, all linear in OKLab), with noise; stars are fifths of all worths.
"""

import argparse
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy.io import savemat

from leitmotiv.analysis.colour import from_srgb
from leitmotiv.cli.evaluate_taste import lines
from leitmotiv.settings import Settings
from leitmotiv.workflows import rating_sets
from leitmotiv.workflows.evaluate_taste import evaluate_taste
from leitmotiv.workflows.session import Session

OWN, NOISE = 0.8, 0.5
"""Deviations of a taste of one's own and of chance, where that of everybody's is 1."""


def themes(count: int, rng: np.random.Generator) -> np.ndarray:
    """Five colours each, (count, 15) from 0 to 1: variations about a colour or two."""
    base = rng.random((count, 2, 3))
    which = rng.integers(2, size=(count, 5))
    colours = np.take_along_axis(base, which[..., None].repeat(3, 2), axis=1)
    colours = colours + rng.normal(0, 0.25, colours.shape) + rng.normal(0, 0.2, (count, 5, 1))
    return np.clip(colours, 0, 1).reshape(count, 15)


def votes(rgb: np.ndarray, raters: int, each: int, rng: np.random.Generator) -> np.ndarray:
    """Rows (rater, theme from 1, stars)."""
    lab = from_srgb(np.rint(255 * rgb.reshape(-1, 3)).astype(np.uint8), "lab").reshape(-1, 5, 3)
    chroma = np.hypot(lab[..., 1], lab[..., 2])
    everybody = _scaled(lab[..., 0].std(axis=1) - np.abs(chroma.mean(axis=1) - 35) / 2)
    own = np.column_stack([lab.mean(axis=1), chroma.mean(axis=1), np.abs(lab[..., 1:]).max(axis=1)])
    own = np.apply_along_axis(_scaled, 0, own)
    rows = []
    for rater in range(raters):
        mine = rng.permutation(len(rgb))[:each]
        worth = everybody + OWN * _scaled(own @ rng.normal(0, 1, own.shape[1])) + NOISE * rng.normal(0, 1, len(rgb))
        stars = np.searchsorted(np.quantile(worth, (0.2, 0.4, 0.6, 0.8)), worth[mine]) + 1
        rows += [(1000 + rater, theme + 1, star) for theme, star in zip(mine, stars, strict=True)]
    return np.array(rows, np.float64)


def _scaled(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--themes", type=int, default=600)
    parser.add_argument("--raters", type=int, default=60)
    parser.add_argument("--each", type=int, default=200, help="themes that a rater gives stars")
    parser.add_argument("--held", type=int, default=20, help="raters that are held out")
    asked = parser.parse_args()
    rng = np.random.default_rng(5)
    with TemporaryDirectory() as folder, Session(Settings(library=Path(folder) / "library", workers=1)) as session:
        rgb = themes(asked.themes, rng)
        savemat(Path(folder) / "themeData.mat", {"datapoints": {"rgb": rgb, "ids": np.arange(len(rgb))[:, None]}})
        savemat(Path(folder) / "allMTurkRatings.mat", {"testRatings": votes(rgb, asked.raters, asked.each, rng)})
        rating_sets.keep(session, Path(folder), "themes")
        began = time.process_time()
        found = evaluate_taste(session, "themes", raters=asked.held)
    print("simulated raters of made-up themes")
    print("\n".join(lines(found)))
    print(f"measured in {time.process_time() - began:.0f} s of the processor")


if __name__ == "__main__":
    main()
