"""Evolution against the plain greedy loop, as many designs judged, by a critic that neither was bred under.

    python -m benchmarks.evolve --design landscape --seeds 20 --keep results.jsonl

Simulated raters: each design has a known mean (plain composition, less for known damage) and deviation, from which
twenty votes are drawn. Critic A learns from one half of the designs and breeds; critic B, with another seed and the
other half, judges what came of it. Results are kept line by line, and a run that was stopped goes on.
"""

import argparse
import json
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace

import numpy as np

from leitmotiv.analysis import composition, critic, evolution, histograms
from leitmotiv.analysis.designs import DAMAGES, KINDS
from leitmotiv.records import ACTIVATIONS, Critic
from leitmotiv.settings import Settings
from leitmotiv.workflows import designing, evolving, judging
from leitmotiv.workflows.session import Session

DRAWN = ("landscape", "poster", "palette", "star", "heart", "spiral", "trapezoid")
"""Kinds that the critics learn from, whichever is bred."""
EXAMPLES, VOTES, SIGMA = 560, 20, 1.4
DISTINCT = evolution.ALIKE
DRAWS = 2000


def truth(pictures, damage):
    """The mean that simulated raters hold of pictures, (B,)."""
    return np.clip(5.8 + 1.1 * (composition.scores(pictures) - 7.5) - 3.5 * damage, 1.3, 9.7)


def rated(session, rng):
    """Designs of all kinds, two in five damaged: what the backbone sees of them, and votes of simulated raters."""
    features, shares, means = [], [], []
    for number in range(EXAMPLES // 16):
        kind = DRAWN[number % len(DRAWN)]
        genomes = rng.random((16, KINDS[kind].genes))
        strength = np.where(rng.random(16) < 0.4, rng.uniform(0.3, 1, 16), 0.0)
        damages = rng.choice(DAMAGES, 16).tolist()
        pictures, _ = designing.damaged(kind, genomes, damages, strength.tolist(), seed=number)
        features.append(session.backbone().features(pictures).pooled)
        mean = truth(pictures, strength)
        votes = np.clip(np.rint(rng.normal(mean[:, None], SIGMA, (16, VOTES))), 1, 10).astype(int)
        shares.append([np.bincount(one, minlength=11)[1:] / VOTES for one in votes])
        means.append(mean)
    return np.concatenate(features), np.concatenate(shares), np.concatenate(means)


def critics(session):
    """Two critics of two halves, and how each orders the half that it did not learn from."""
    features, shares, means = rated(session, np.random.default_rng(7))
    half = np.random.default_rng(1).permutation(len(features)) % 2 == 0
    found = []
    for seed, mine in ((0, half), (1, ~half)):
        keys = [str(row) for row in np.flatnonzero(mine)]
        head = critic.learn(features[mine].astype(np.float16), shares[mine], keys=keys, seed=seed)
        said = histograms.means(critic.predict(head.weights, head.bias, features[~mine]))
        ranks = [np.argsort(np.argsort(values)) for values in (said, means[~mine])]
        found.append((Critic("AB"[seed], head.weights, head.bias, ACTIVATIONS, {}), np.corrcoef(*ranks)[0, 1]))
    return found


def one(session, run, judge, second):
    """A run to its end: what critic B says of its final design, and how many distinct winners it had."""
    rounds = []
    while len(rounds) < run.rounds:
        rounds.append(evolving.one_round(session, run, rounds, judge))
    where, row = (len(rounds) - 1, rounds[-1].winner) if run.greedy else evolution.champion(rounds)
    won = np.stack([one.genomes[one.winner] for one in rounds])
    pictures = designing.seen(session, run, np.concatenate([won, rounds[where].genomes[[row]]]))
    apart = evolution.apart(evolving.small(pictures[:-1]))
    kept = []
    for number in range(len(won)):
        if all(apart[number, other] >= DISTINCT for other in kept):
            kept.append(number)
    score = float(second(pictures[-1:]).scores[0])
    return {
        "score": score,
        "own": float(rounds[where].scores[row]),
        "true": float(truth(pictures[-1:], 0.0)[0]),
        "winners": len(kept),
        "blank": int(composition.blank(pictures).sum()),
        "judged": sum(one.fresh for one in rounds),
        "start": float(np.median(rounds[0].scores)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--design", default="landscape", choices=KINDS)
    parser.add_argument("--library", type=Path, help="whose pictures crops and collages are made of")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--keep", type=Path, default=None, help="results, a line each; a run goes on from there")
    asked = parser.parse_args()
    known = (
        [json.loads(line) for line in asked.keep.read_text().splitlines()] if asked.keep and asked.keep.exists() else []
    )
    if KINDS[asked.design].needs_pictures and not asked.library:
        parser.error("crops and collages are made of the pictures of a --library")
    with TemporaryDirectory() as folder:
        library = asked.library or Path(folder) / "library"
        with Session(Settings(library=library, workers=1), create=not asked.library) as session:
            bred(session, asked, known)
    report([line for line in known if line["design"] == asked.design])


def bred(session, asked, known) -> None:
    """Breed what is not known yet, seed by seed."""
    (a, rank_a), (b, rank_b) = critics(session)
    print(f"critics on each other's half: SRCC {rank_a:.3f} and {rank_b:.3f}", flush=True)
    judge, second = judging.by_critic(session, a), judging.by_critic(session, b)
    for seed in range(asked.seeds):
        for greedy in (False, True):
            name = {"design": asked.design, "seed": seed, "greedy": greedy}
            if any(name.items() <= line.items() for line in known):
                continue
            pictures = evolving.pictures_of(session, "", seed) if asked.library else ()
            run = SimpleNamespace(id=0, rounds=10, batch=32, pictures=pictures, first=None, **name)
            known.append(name | one(session, run, judge, second))
            if asked.keep:
                with asked.keep.open("a") as file:
                    file.write(json.dumps(known[-1]) + "\n")


def report(lines) -> None:
    """The table, with 95 % intervals of the differences over draws of seeds."""
    pairs = {seed: {} for seed in sorted({line["seed"] for line in lines})}
    for line in lines:
        pairs[line["seed"]][line["greedy"]] = line
    both = [one for one in pairs.values() if len(one) == 2]
    rng = np.random.default_rng(0)
    draws = rng.integers(0, len(both), (DRAWS, len(both)))
    print(f"{lines[0]['design']}, {len(both)} seeds; designs judged in the mean: ", end="")
    print(
        ", ".join(
            f"{w} {np.mean([o[g]['judged'] for o in both]):.0f}" for g, w in ((False, "evolution"), (True, "greedy"))
        )
    )
    print(f"{'':34}{'evolution':>10}{'greedy':>10}{'difference':>12}  95 % interval")
    rows = (("score", np.median, "median final score, critic B"), ("own", np.median, "median final score, critic A"))
    more = (("true", np.median, "median simulated true mean"), ("winners", np.mean, "distinct winners of ten"))
    for key, pool, words in (*rows, *more, ("blank", np.sum, "blank winners")):
        ours, plain = (np.array([one[greedy][key] for one in both], float) for greedy in (False, True))
        drawn = pool(ours[draws], axis=1) - pool(plain[draws], axis=1)
        low, high = np.percentile(drawn, (2.5, 97.5))
        values = f"{pool(ours):>10.2f}{pool(plain):>10.2f}{pool(ours) - pool(plain):>+12.2f}"
        print(f"{words:34}{values}  [{low:+.2f}, {high:+.2f}]")
    wins = np.mean([one[False]["score"] > one[True]["score"] for one in both])
    print(f"evolution's final design is better for critic B in {100 * wins:.0f} % of seeds")


if __name__ == "__main__":
    main()
