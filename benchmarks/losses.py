"""Which loss and which labels teach a critic how raters differ: `python -m benchmarks.losses [--designs N]`.

Simulated raters, and called so: each generated design has a known mean (plain composition, less for known damage) and
a known deviation (by its kind, more where it is damaged), spread about as those of photographs are; votes are drawn.
Heads on what the backbone sees are learnt from half of the designs, exactly, each penalty chosen by the loss itself,
and told against the known means and deviations of the other half. Intervals are 95 %, over draws of those designs.
"""

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from scipy.stats import rankdata

from leitmotiv.analysis import composition, critic, earth_mover, histograms
from leitmotiv.analysis.designs import DAMAGES, KINDS
from leitmotiv.settings import Settings
from leitmotiv.workflows import designing
from leitmotiv.workflows.session import Session

DRAWN = [name for name, kind in KINDS.items() if not kind.needs_pictures]
DRAWS = 1000


def cross_entropy(logits, target):
    """-sum of target(k) log share(k), and its gradient."""
    shares = earth_mover.softmax(logits)
    return -(target * np.log(np.maximum(shares, 1e-300))).sum(axis=1), shares - target


def squared_error(logits, target):
    """Mean of (share(k) - target(k))², and its gradient: each score by itself, without an order."""
    shares = earth_mover.softmax(logits)
    by_share = 2 / logits.shape[1] * (shares - target)
    gradient = shares * (by_share - (shares * by_share).sum(axis=1, keepdims=True))
    return ((shares - target) ** 2).mean(axis=1), gradient


LOSSES = {"squared EMD": earth_mover.squared, "cross-entropy": cross_entropy, "squared error": squared_error}


def made(session, count, seed=7):
    """What the backbone sees of designs, and their known means, deviations and names of origin."""
    rng, features, means, spreads = np.random.default_rng(seed), [], [], []
    for number in range(count // 16):
        kind = DRAWN[number % len(DRAWN)]
        genomes = rng.random((16, KINDS[kind].genes))
        strength = np.where(rng.random(16) < 0.4, rng.uniform(0.3, 1, 16), 0.0)
        pictures, _ = designing.damaged(kind, genomes, rng.choice(DAMAGES, 16).tolist(), strength.tolist(), seed=number)
        features.append(session.backbone().features(pictures).pooled)
        means.append(np.clip(5.6 + 0.5 * (composition.scores(pictures) - 7.5) - 1.2 * strength, 3, 8))
        spreads.append(0.7 + 0.17 * (number % len(DRAWN)) + 0.8 * strength)
    return np.concatenate(features).astype(np.float16), np.concatenate(means), np.concatenate(spreads)


def voted(means, spreads, votes, rng):
    """Counts (N, 10) of votes of simulated raters, and what an endless number of them would say."""
    known = np.stack([histograms.of_mean_and_deviation(m, s) for m, s in zip(means, spreads, strict=True)])
    return np.stack([rng.multinomial(votes, one) for one in known]).astype(float), known


def told(known, shares, rng):
    """Figures with intervals: EMD, error of the mean, rank correlations of mean and deviation, mean deviation."""
    mean, spread = histograms.means(known), histograms.deviations(known)
    said, differ = histograms.means(shares), histograms.deviations(shares)
    emd, off = earth_mover.distance(known, shares, 1), np.abs(mean - said)
    ranks = [rankdata(one) for one in (mean, said, spread, differ)]

    def at(rows):
        one = [float(np.mean(values[rows])) for values in (emd, off)]
        two = [_correlation(ranks[a][rows], ranks[a + 1][rows]) for a in (0, 2)]
        return [*one, *two, float(np.mean(differ[rows])), float(np.mean(np.abs(differ - spread)[rows]))]

    every = np.arange(len(known))
    drawn = np.array([at(rng.integers(len(known), size=len(known))) for _ in range(DRAWS)])
    return at(every), np.percentile(drawn, (2.5, 97.5), axis=0)


def _correlation(one, other):
    return float(np.corrcoef(one, other)[0, 1]) if np.ptp(one) and np.ptp(other) else np.nan


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--designs", type=int, default=560)
    parser.add_argument("--votes", type=int, nargs="+", default=[200, 20, 1])
    parser.add_argument("--keep", type=Path, help="what was seen of the designs, so that it is not drawn again")
    asked = parser.parse_args()
    if asked.keep and asked.keep.exists():
        with np.load(asked.keep) as file:
            features, means, spreads = (file[name] for name in ("features", "means", "spreads"))
    else:
        with TemporaryDirectory() as folder, Session(Settings(library=Path(folder) / "library")) as session:
            features, means, spreads = made(session, asked.designs)
        if asked.keep:
            np.savez(asked.keep, features=features, means=means, spreads=spreads)
    half = np.random.default_rng(1).permutation(len(features)) % 2 == 0
    keys = [str(row) for row in np.flatnonzero(half)]
    print(
        f"{half.sum()} designs learnt from, {(~half).sum()} held out; known deviations {spreads.mean():.2f} in the mean"
    )
    heads = ("EMD r=1", "error of mean", "SRCC mean", "SRCC deviation", "deviation", "its error")
    print(f"{'votes, labels, loss':48}" + "".join(f"{one:>22}" for one in heads))
    for votes in asked.votes:
        counts, known = voted(means, spreads, votes, np.random.default_rng(2))
        labels = {"shares": counts / votes, "softmax of counts": histograms.classic(counts)}
        constant = np.broadcast_to(labels["shares"][half].mean(axis=0), known[~half].shape)
        _line(f"{votes}, shares, the same for all", known[~half], constant)
        for what, shares in labels.items():
            _line(f"{votes}, {what}: the labels themselves", known[~half], shares[~half])
            for name, loss in LOSSES.items():
                head = critic.learn(features[half], shares[half], keys=keys, loss=loss)
                _line(
                    f"{votes}, {what}, {name}", known[~half], critic.predict(head.weights, head.bias, features[~half])
                )


def _line(words, known, shares) -> None:
    found, (low, high) = told(known, shares, np.random.default_rng(0))
    cells = (f"{one:.3f} [{a:.3f}, {b:.3f}]" for one, a, b in zip(found, low, high, strict=True))
    print(f"{words:48}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
