"""Where the results of a word end: how often a name shows its pictures, and a word of nothing is refused.

    python -m benchmarks.found LIBRARY [--words minilm|wordllama] [--captions] [--draws 4] [--half 0|1] [--common 30]

The names of folders are asked (or, with --captions, words of captions that name a class and that 3 to 80 pictures
have), first of all pictures, then of collections from which each kind is drawn anew: none of it, 3, 6, 12, 24 or all.
Asked beside are names of kinds that a draw left out, invented words, words of things that nobody sees, and common words
for what none of the sample's folders is (though some picture may show it beside). --half counts every second name only,
--common says from how many descriptions on a single word tells little.
"""

import argparse
import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import joint, lexical
from leitmotiv.analysis.captions import STOP_WORDS
from leitmotiv.analysis.joint import Ranker
from leitmotiv.analysis.lexical import stems
from leitmotiv.analysis.retrieval import average_precision
from leitmotiv.nets import classes
from leitmotiv.settings import load
from leitmotiv.workflows import captions, word_space, words
from leitmotiv.workflows.session import Session
from leitmotiv.workflows.word_space import ClassWords

Ask = Callable[[str, np.ndarray], tuple[float, ...]]
INVENTED = [
    "blorf",
    "zzyzx",
    "qwertz",
    "flibber",
    "xkcdq",
    "wumpus",
    "grault",
    "snorp",
    "plugh",
    "frobnicate",
    "vrelk",
    "quuxly",
    "mimsy",
    "borogove",
    "tulgey",
    "skrelp",
    "thwomple",
    "drindle",
    "yarvo",
    "kelpton",
]
UNSEEN = [
    "justice",
    "algebra",
    "freedom",
    "tuesday",
    "theory",
    "velocity",
    "inflation",
    "grammar",
    "honesty",
    "democracy",
    "logic",
    "philosophy",
    "bankruptcy",
    "percentage",
    "arithmetic",
    "parliament",
    "century",
    "however",
    "rhythm",
    "jealousy",
]
ELSEWHERE = [
    "paint",
    "eye",
    "hand",
    "head",
    "sky",
    "wheel",
    "nose",
    "house",
    "car",
    "cat",
    "dog",
    "girl",
    "grass",
    "water",
    "music",
    "king",
    "beach",
    "sunrise",
    "street",
    "river",
    "mountain",
    "snow",
    "bridge",
    "church",
    "window",
    "door",
    "chair",
    "table",
    "bed",
    "book",
    "shoe",
    "hat",
    "ring",
    "horse",
    "cow",
    "sheep",
    "baby",
    "man",
    "woman",
    "face",
    "hair",
    "leg",
    "arm",
    "foot",
    "tail",
    "wing",
    "shadow",
    "smoke",
    "fire",
    "night",
    "winter",
    "spring",
    "wood",
    "metal",
    "glass",
    "paper",
]
SIZES = (0, 0, 3, 6, 12, 24, 10_000)


def asked(session: Session, by_captions: bool) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Names, which pictures each is right of (Q, N), and what the network makes of the pictures."""
    ids, pooled = session.library.activations.matrix()
    if by_captions:
        texts = captions.by_picture(session, [one.name for one in captions.sources(session) if one.name != "name"])
        said = [set(stems(texts.get(image_id, ""))) for image_id in ids]
        named = {word for one in word_space.texts() for name in (one.name, *one.synonyms) for word in stems(name)}
        counts = Counter(word for one in said for word in one)
        names = sorted(
            w for w, n in counts.items() if 3 <= n <= 80 and w in named and w not in STOP_WORDS and len(w) > 2
        )
        right = np.array([[name in one for one in said] for name in names])
    else:
        paths = {one.id: Path(one.path) for one in session.library.images.many(list(ids))}
        kinds = np.array([paths[image_id].parent.name.replace("_", " ") for image_id in ids])
        names = sorted(set(kinds.tolist()))
        right = np.array([kinds == name for name in names])
    return names, right, np.asarray(pooled)


def asking(known: ClassWords, features: np.ndarray, says: dict[str, np.ndarray]) -> Ask:
    """Ask a collection: whether something is shown for a name, its precision, its recall, and the average precision."""
    places = joint.placed(features, classes.head(), known.space)
    ranker = Ranker(places, ground.learn(features), len(known.names))
    found = word_space.asked(known, places, ranker)

    def ask(name: str, hits: np.ndarray) -> tuple[float, ...]:
        final, count = words.ranked(known, ranker, found, name, says[name])
        best, whole = hits[joint.top(final, count)].sum(), hits.sum()
        ap = average_precision(final, hits) if whole else 0.0
        return float(count > 0), best / max(count, 1), best / max(whole, 1), ap

    return ask


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--words", default="auto")
    parser.add_argument("--captions", action="store_true")
    parser.add_argument("--draws", type=int, default=4)
    parser.add_argument("--half", type=int, choices=(0, 1))
    parser.add_argument("--common", type=int, default=lexical.COMMON)
    given = parser.parse_args()
    lexical.COMMON = given.common
    with Session(load({"library": given.library, "words": given.words}, environ=os.environ)) as session:
        known = word_space.class_words(session)
        names, right, pooled = asked(session, given.captions)
        says = {name: words.what_is_said(known, name) for name in (*names, *INVENTED, *UNSEEN, *ELSEWHERE)}
    rng = np.random.default_rng(0)
    counted = [at for at in range(len(names)) if given.half is None or at % 2 == given.half]
    print(f"{known.encoder.name}, {len(pooled)} pictures, {len(counted)} names")
    for label, draws in (("all pictures", 1), ("kinds drawn anew", given.draws)):
        rows: dict[str, list[tuple[float, ...]]] = {
            "there": [],
            "not there": [],
            "invented": [],
            "unseen": [],
            "elsewhere": [],
        }
        for _ in range(draws):
            kept = np.ones(len(pooled), bool)
            for one in right if label != "all pictures" else ():
                there = np.flatnonzero(one & kept)
                kept[rng.permutation(there)[rng.choice(SIZES) :]] = False
            ask = asking(known, pooled[kept], says)
            for at in counted:
                hits = right[at][kept]
                if hits.sum() >= 3 or not hits.any():
                    rows["there" if hits.any() else "not there"].append(ask(names[at], hits))
            nothing = np.zeros(int(kept.sum()), bool)
            rows["invented"] += [ask(name, nothing) for name in INVENTED]
            rows["unseen"] += [ask(name, nothing) for name in UNSEEN]
            rows["elsewhere"] += [ask(name, nothing) for name in ELSEWHERE]
        there = np.array(rows.pop("there"))
        shown = there[there[:, 0] > 0]
        print(
            f"{label}: of {len(there)} that are there {there[:, 0].mean():.2f} shown, "
            f"{(there[:, 0] * (there[:, 1] >= 0.7)).mean():.2f} with 0.7 of them right or more; "
            f"precision {shown[:, 1].mean():.2f}, recall {there[:, 2].mean():.2f}, mAP {there[:, 3].mean():.3f}"
        )
        for name, values in rows.items():
            if values:
                print(f"  {name}: of {len(values)} refused {1 - np.array(values)[:, 0].mean():.2f}")


if __name__ == "__main__":
    main()
