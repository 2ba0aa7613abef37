"""How the logit that tells copies was fitted, and what finding copies costs.

    python -m benchmarks.duplicates fit FOLDER     coefficients and thresholds, from pictures whose SHA-256 is odd
    python -m benchmarks.duplicates cost LIBRARY   pairs and seconds of finding all copies in a library, from nothing

`fit` makes copies of 120 odd pictures of FOLDER with strengths that vary, and looks for them among all odd ones;
`leitmotiv evaluate duplicates` alters only even ones, so that no picture it measures on was fitted. Candidates of two
pictures that are no copies are the other class; pictures that show one drawing (twelve keypoints agree, or the
perceptual hashes are the same to six bits) are left out, since neither class is theirs. The thresholds: SUGGESTED is
where 0.99 of the pairs of the fit are copies, SURE where none of the others is left.
"""

import argparse
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from unittest import mock

import numpy as np
from sklearn.linear_model import LogisticRegression

from leitmotiv.analysis import copies, miniature
from leitmotiv.imaging import alter
from leitmotiv.settings import Settings
from leitmotiv.workflows import evaluate_duplicates as measure
from leitmotiv.workflows.cascade import Judge

ALTERED = 120
SEED = 1


def varied(seed: int) -> dict[str, alter.Alteration]:
    """Copies as `COPIES` has them, of strengths drawn anew for each picture."""

    def crop(low: float, high: float) -> alter.Alteration:
        return lambda pixels, rng: alter._crop(rng.uniform(low, high))(pixels, rng)

    def other_shape(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        height, width = (np.array(pixels.shape[:2]) * rng.uniform(0.65, 1, 2)).astype(int)
        return pixels[:height, :width]

    def with_strength(name: str, low: float, high: float, change: alter.Alteration) -> alter.Alteration:
        def changed(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
            with mock.patch.object(alter, name, rng.uniform(low, high)):
                return change(pixels, rng)

        return changed

    return {
        "crop": crop(0.75, 0.98),
        "close crop": crop(0.55, 0.75),
        "other shape": other_shape,
        "brightness": lambda pixels, rng: alter._scaled(*[rng.uniform(0.6, 1.4)] * 3)(pixels, rng),
        "cast": lambda pixels, rng: alter._scaled(*rng.uniform(0.8, 1.2, 3))(pixels, rng),
        "recompressed": alter._recompressed,
        "border": with_strength("BORDER", 0.02, 0.1, alter._bordered),
        "caption": with_strength("CAPTION", 0.06, 0.2, alter._captioned),
        "turned": with_strength("DEGREES", 1, 5, alter._rotated),
        "grey": alter._grey,
        "mirrored": alter.COPIES["mirrored"],
        "mirrored crop": lambda pixels, rng: crop(0.8, 0.95)(pixels[:, ::-1], rng),
    }


def fit(folder: Path) -> None:
    settings = replace(Settings(), seed=SEED)
    files = measure._files(folder, settings, None)
    odd = measure.drawn(files, settings.seed, len(files), remainder=1)
    chosen = measure.drawn(files, settings.seed, ALTERED, remainder=1)

    def tell(phase: str, done: int, total: int) -> None:
        if done == total:
            print(phase, total, flush=True)

    with mock.patch.object(measure, "COPIES", varied(SEED)):
        # in this process: workers would not see the other copies
        worker: Callable[..., object] = measure.portrayed
        with mock.patch.object(
            measure, "readings", lambda tasks, settings, worker=worker: (worker(task, settings) for task in tasks)
        ):
            kept = [task for task in files if task.path in odd]
            source, _, twins = measure.portray(kept, chosen, settings, measure.COPIES, tell)
    print(f"{len(kept)} odd pictures, {len(twins)} twins left out, {len(source.portraits)} with copies")
    families = measure.families_of(source)
    pairs = measure.candidates(source, settings, tell)
    judge = Judge(source, settings, tell)
    found = copies.measure(source.traits, pairs, threads=settings.cores)
    features = found.features(judge._divergences(pairs, found))
    truth = families.family[pairs[:, 0]] == families.family[pairs[:, 1]]
    plain = np.array([not kind for kind in source.kinds])
    drawings = one_drawing(judge, families.family, pairs[plain[pairs].all(axis=1)])
    usable = ~np.isin(families.family[pairs], list(drawings)).any(axis=1)
    # siblings may overlap in next to nothing: positives are pairs with the picture itself
    used = usable & (~truth | plain[pairs].any(axis=1))
    print(
        f"{len(drawings)} pictures of one drawing left out; {truth[used].sum()} copies, {(~truth[used]).sum()} others"
    )
    model = LogisticRegression(C=10, max_iter=5000).fit(features[used], truth[used])
    odds = model.decision_function(features)
    print("WEIGHTS", np.round(model.coef_[0], 2).tolist(), "INTERCEPT", round(float(model.intercept_[0]), 2))
    values, right = odds[usable], truth[usable]
    order = np.argsort(-values)
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    print("SUGGESTED", round(float(values[order][np.flatnonzero(precision >= 0.99)[-1]]), 2))
    print("highest odds of others", np.sort(values[~right])[::-1][:12].round(2).tolist())
    for level in (-3.5, -3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 3.0):
        print(f"at {level}: recall {np.mean(values[right] >= level):.3f}, {np.sum(values[~right] >= level)} others")


def one_drawing(judge: Judge, family: np.ndarray, pairs: np.ndarray) -> set[int]:
    """Families of which two share a drawing."""
    hashes = np.asarray(judge.source.traits.hashes)
    gone = set()
    for first, second in pairs.tolist():
        near = min(miniature.bits_apart(hashes[first], hashes[second, 0])) <= measure.TWIN
        if near or max(judge._agreeing(first, second, side) for side in (False, True)) >= 12:
            gone |= {int(family[first]), int(family[second])}
    return gone


def cost(library: Path) -> None:
    from leitmotiv.workflows.duplicates import find_duplicates
    from leitmotiv.workflows.session import Session

    with tempfile.TemporaryDirectory() as folder:
        copy = Path(shutil.copytree(library, Path(folder) / "library"))
        with Session(replace(Settings(), library=copy)) as session:
            session.library.duplicates.clear()
            start = time.perf_counter()
            report = find_duplicates(session)
            seconds = time.perf_counter() - start
            print(f"{session.library.images.count():,} pictures: {report}; {seconds:.1f} s")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("fit", "cost"))
    parser.add_argument("folder", type=Path)
    arguments = parser.parse_args()
    (fit if arguments.what == "fit" else cost)(arguments.folder)
