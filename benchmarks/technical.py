"""Teach and measure the technical critic, the same from the same pictures every time.

    python -m benchmarks.technical fetch FOLDER       packages of Debian with photographs, through apt, unpacked there
    python -m benchmarks.technical measure FOLDER train.npz
    python -m benchmarks.technical measure more.npz --test DIR --every 6 --from 1 --taught
    python -m benchmarks.technical measure test.npz --test DIR [--every 16]
    python -m benchmarks.technical measure brisque.npz --test DIR --every 64 --brisque
    python -m benchmarks.technical teach train.npz more.npz test.npz brisque.npz --write leitmotiv/formats/critics

Natural pictures come from packages that name their licences, and from half of the kinds of a folder that is given.
Each is damaged in known ways by known strengths (`benchmarks.damage`). What is measured on are pictures of the folder's
other kinds: these, and the kinds of damage called held out, were never learnt from. BRISQUE, of the package `brisque`,
judges a part of the same pictures.
"""

import argparse
import hashlib
import os
import subprocess
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import skimage
import sklearn
from scipy.stats import spearmanr

from benchmarks import damage
from leitmotiv.analysis import histograms, technical, technical_critic
from leitmotiv.formats import technical_file
from leitmotiv.imaging.read import read_pixels, shrink
from leitmotiv.records import Critic, Pixels

PACKAGES = {
    "lomiri-wallpapers-16.04": ("usr/share/backgrounds/*.jpg", "CC-BY-4.0, CC-BY-SA-4.0, CC0-1.0"),
    "lomiri-wallpapers-20.04": ("usr/share/backgrounds/*_by_*.jpg", "CC-BY-SA-4.0 and others of its copyright file"),
    "mate-backgrounds": ("usr/share/backgrounds/mate/nature/*.jpg", "GPL-2+"),
    "plasma-workspace-wallpapers": (
        "usr/share/wallpapers/*/contents/images/2560x1600.jpg",
        "LGPL-3 and others of its copyright file",
    ),
}
PHOTOGRAPHS = ("ColorfulCups", "OneStandsOut", "BytheWater")
"""Of the wallpapers of Plasma; the others are drawn."""
BUNDLED = ("astronaut", "chelsea", "coffee", "rocket", "motorcycle_left", "brick", "grass", "gravel")
"""Of scikit-image."""
CROPS, SIDES = 1, (300, 400, 512)
RIDGE, OF_PACKAGES = 1e-5, 0.3
ORDINARY, RUINED, STEP = 9.0, 1.05, 1.5


def fetch(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run(["apt-get", "download", *PACKAGES], cwd=folder, check=True)
    for package in PACKAGES:
        (archive,) = folder.glob(f"{package}_*.deb")
        subprocess.run(["dpkg-deb", "-x", archive, folder / package], check=True)


def photographs(folder: Path) -> list[Path]:
    found = []
    for package, (pattern, _) in PACKAGES.items():
        paths = sorted((folder / package).glob(pattern))
        drawn = package.startswith("plasma")
        found += [path for path in paths if not drawn or path.parts[-4] in PHOTOGRAPHS]
    bundled = Path(skimage.__file__).parent / "data"
    found += [path for name in BUNDLED for path in sorted(bundled.glob(f"{name}.*"))]
    return found + sorted((Path(sklearn.__file__).parent / "datasets/images").glob("*.jpg"))


def _draw(text: str, seed: int) -> np.random.Generator:
    return np.random.default_rng([seed, int(hashlib.sha256(text.encode()).hexdigest()[:8], 16)])


def cuts(path: Path) -> Iterator[tuple[str, Pixels]]:
    """A picture at 512 pixels, and parts of it at other scales where it is large."""
    pixels = read_pixels(path, max_size=2600, max_megapixels=100)
    rng, (high, wide) = _draw(path.name, 0), pixels.shape[:2]
    yield f"{path.name}#0", shrink(pixels, int(rng.choice(SIDES)))
    for number in range(CROPS if max(high, wide) > 1000 else 0):
        side = int(rng.uniform(0.35, 0.75) * min(high, wide))
        across = min(wide, int(side * rng.uniform(0.7, 1.4)))
        top, left = int(rng.integers(high - side + 1)), int(rng.integers(wide - across + 1))
        part = np.ascontiguousarray(pixels[top : top + side, left : left + across])
        yield f"{path.name}#{number + 1}", shrink(part, int(rng.choice(SIDES)))


def variants(name: str, pixels: Pixels, kinds: list[str], seed: int) -> Iterator[tuple[str, float, Pixels]]:
    rng, every = _draw(name, seed), damage.TAUGHT | damage.HELD_OUT
    yield "ordinary", 0, pixels
    for kind in kinds:
        for strength in damage.STRENGTHS:
            yield kind, strength, every[kind](pixels, strength, rng)
    for share, level in ((0.08, 255), (0.2, 255), (0.15, 0), (0.4, 255)):
        yield "margin", share, damage.with_margin(pixels, share, level)
    for kind, one in damage.degenerate(pixels, rng).items():
        yield f"degenerate: {kind}", 6, one


def _rows(task: tuple[str, Pixels, list[str], bool]) -> list[tuple[str, str, float, np.ndarray, float]]:
    name, pixels, kinds, brisque = task
    judge = _brisque() if brisque else None
    return [
        (name, kind, strength, technical.measure(one), judge(one) if judge else np.nan)
        for kind, strength, one in variants(name, pixels, kinds, 0)
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


def measure(tasks: list[tuple[str, Pixels, list[str], bool]], target: Path) -> None:
    with ProcessPoolExecutor(len(os.sched_getaffinity(0))) as pool:
        rows = [row for part in pool.map(_rows, tasks, chunksize=2) for row in part]
    names, kinds, strengths, numbers, others = zip(*rows, strict=True)
    np.savez(target, names=names, kinds=kinds, s=np.array(strengths, float), x=np.stack(numbers), brisque=others)


def _loaded(path: Path) -> tuple[Any, ...]:
    with np.load(path) as held:
        brisque = held["brisque"] if "brisque" in held else np.full(len(held["s"]), np.nan)
        return held["names"], held["kinds"], held["s"].astype(float), held["x"], brisque


def means(kinds: Any, strengths: Any) -> np.ndarray:
    """The score that each picture stands for: 9 as it is, a point and a half less for each strength, 1 where ruined."""
    found = np.where(kinds == "ordinary", ORDINARY, ORDINARY - STEP * strengths)
    found = np.where(kinds == "margin", np.where(strengths > 0.3, 8.3, 8.8), found)
    return np.where(np.char.startswith(kinds, "degenerate"), RUINED, found)


def taught_kind(name: str) -> bool:
    """Whether pictures of a test folder's kind are learnt from: half of the kinds, by the hash of their folder."""
    return int(hashlib.sha256(Path(name).parent.name.encode()).hexdigest()[:4], 16) % 2 == 0


def teach(train: list[Path], test: Path, other: Path, target: Path) -> None:
    parts = [_loaded(path) for path in train]
    names, kinds, strengths, numbers = (np.concatenate([part[at] for part in parts]) for at in range(4))
    inside = np.array([not name.startswith("/") or taught_kind(name) for name in names])
    names, kinds, strengths, numbers = names[inside], kinds[inside], strengths[inside], numbers[inside]
    pictures = np.array([name.rsplit("#", 1)[0] for name in names])
    weight = np.where(np.char.startswith(names, "/"), 1.0, OF_PACKAGES)  # packages: few subjects, cut several times
    scores = means(kinds, strengths)
    lift = technical_critic.fit_lift(numbers, scores, weight)
    head = technical_critic.learn(lift, numbers, scores, pictures.tolist(), weight, ridge=RIDGE)
    made = Critic(technical_file.NAME, head.weights, head.bias, technical.VERSION, {}, lift)
    figures, lines, held = measured(made, test, other)
    print("\n".join(lines))
    sources = {name: licence for name, (_, licence) in PACKAGES.items()} | {
        "Caltech 101, half of its kinds": "CC-BY-4.0"
    }
    card = {
        "made": datetime.now(UTC).strftime("%Y-%m-%d"),
        "knows": "It knows how well a picture is made: sharp, clean, well exposed, whole. It knows nothing of what a "
        "picture shows, nor of beauty; soft focus, grain and darkness on purpose are faults to it.",
        "sets": ["photographs of packages under known damage"],
        "sources": sources | {"scikit-image": "its sample pictures, see its data folder", "scikit-learn": "CC-BY-2.0"},
        "pictures": len(np.unique(names)),
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
        ],
    }
    final = Critic(made.name, made.weights, made.bias, made.layer, card, lift)
    target.mkdir(parents=True, exist_ok=True)
    (target / technical_file.FILE).write_bytes(technical_file.written(final))
    (target / technical_file.CARD).write_bytes(technical_file.card(final))


def measured(made: Critic, test: Path, other: Path) -> tuple[dict[str, Any], list[str], int]:
    """Figures on held-out pictures with 95 % intervals over pictures, beside BRISQUE's."""
    names, kinds, strengths, numbers, _ = _loaded(test)
    apart = np.array([not taught_kind(name) for name in names])
    names, kinds, strengths, numbers = names[apart], kinds[apart], strengths[apart], numbers[apart]
    _, kinds_too, strengths_too, _, brisque = _loaded(other)
    score = histograms.means(technical_critic.shares(made, numbers))
    ordinary = kinds == "ordinary"
    strengths = np.where(ordinary, 0, strengths)
    groups = {"taught kinds of damage": list(damage.TAUGHT), "held-out kinds of damage": list(damage.HELD_OUT)}
    groups |= {kind: [kind] for kind in (*damage.TAUGHT, *damage.HELD_OUT)}
    figures, lines = {}, []
    for what, some in groups.items():
        rows = np.flatnonzero(np.isin(kinds, some) | ordinary)
        value, low, high = _interval(-score[rows], strengths[rows], names[rows])
        judged = (np.isin(kinds_too, some) | (kinds_too == "ordinary")) & np.isfinite(brisque)
        truth = np.where(kinds_too == "ordinary", 0, strengths_too)[judged]
        base = float(spearmanr(brisque[judged], truth)[0]) if judged.any() else None
        figures[f"SRCC with strength: {what}"] = {"value": value, "low": low, "high": high, "baseline": base}
        lines.append(f"{what:28} {value:.3f} [{low:.3f}, {high:.3f}]  BRISQUE {base}")
    ruined = np.char.startswith(kinds, "degenerate")
    worst, best = float(score[ordinary].min()), float(score[ruined].max())
    by_name = dict(zip(names[ordinary], score[ordinary], strict=True))
    little = (kinds == "margin") & (strengths <= 0.2)
    gain = np.array([one - by_name[name] for one, name in zip(score[little], names[little], strict=True)])
    alone = {"low": None, "high": None, "baseline": None}
    figures["lowest natural less highest degenerate"] = {"value": worst - best, **alone}
    figures["gained by a little whitespace"] = {"value": float(gain.mean()), **alone}
    lines.append(f"natural {worst:.2f} and more, degenerate up to {best:.2f}")
    lines.append(f"a little whitespace gains {gain.mean():+.2f}, at most {gain.max():+.2f}")
    lines += [f"   {kind}: up to {score[kinds == kind].max():.2f}" for kind in np.unique(kinds[ruined])]
    return figures, lines, int(ordinary.sum())


def _interval(guess: np.ndarray, truth: np.ndarray, names: np.ndarray) -> tuple[float, float, float]:
    rng, (every, where) = np.random.default_rng(0), np.unique(names, return_inverse=True)
    rows = [np.flatnonzero(where == one) for one in range(len(every))]
    draws = [np.concatenate([rows[one] for one in rng.integers(len(rows), size=len(rows))]) for _ in range(100)]
    low, high = np.quantile([spearmanr(guess[draw], truth[draw])[0] for draw in draws], (0.025, 0.975))
    return float(spearmanr(guess, truth)[0]), float(low), float(high)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("verb", choices=("fetch", "measure", "teach"))
    parser.add_argument("paths", nargs="*", type=Path)
    parser.add_argument("--test", type=Path, help="a folder of folders, each with a kind of pictures")
    parser.add_argument("--every", type=int, default=16)
    parser.add_argument("--from", dest="first", type=int, default=3)
    parser.add_argument("--taught", action="store_true", help="of the half of the kinds that is learnt from alone")
    parser.add_argument("--brisque", action="store_true")
    parser.add_argument("--write", type=Path)
    asked = parser.parse_args()
    if asked.verb == "fetch":
        fetch(*asked.paths)
    elif asked.verb == "teach":
        *train, test, other = asked.paths
        teach(train, test, other, asked.write)
    elif asked.test:
        files = sorted(path for path in asked.test.rglob("*") if path.is_file())
        files = [path for path in files if not asked.taught or taught_kind(str(path))][asked.first :: asked.every]
        kinds = [*damage.TAUGHT] if asked.taught else [*damage.TAUGHT, *damage.HELD_OUT]
        measure([(str(one), read_pixels(one, max_size=512), kinds, asked.brisque) for one in files], asked.paths[-1])
    else:
        files = photographs(asked.paths[0])
        tasks = [(name, pixels, list(damage.TAUGHT), False) for path in files for name, pixels in cuts(path)]
        measure(tasks, asked.paths[-1])


if __name__ == "__main__":
    main()
