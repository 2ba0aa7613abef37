"""Broad words: whether animal, vehicle or boat finds all the kinds that are such things, and where their results end.

    python benchmarks/broader.py LIBRARY [--words minilm|wordllama] [--above] [--each]

LIBRARY is of the sample photos, and right of a word are the folders that stand in the table below, or with --above, of
any library, all pictures below a folder of that name. Measured twice: by class words alone, as before there was a table
of broader terms, and as searches do now. What was chosen (how much a term counts, where the first ranking stays, how
varied it is) was chosen on every second word in the order of the alphabet; the other half is reported apart.
"""

import argparse
import os
from dataclasses import replace
from pathlib import Path

import numpy as np

from leitmotiv.analysis import background as ground
from leitmotiv.analysis import joint
from leitmotiv.analysis.broader import Broader
from leitmotiv.analysis.joint import Ranker
from leitmotiv.analysis.retrieval import average_precision
from leitmotiv.nets import classes
from leitmotiv.settings import load
from leitmotiv.workflows import word_space, words
from leitmotiv.workflows.session import Session

PAGE = 20
_MAMMALS = "Leopards dolphin elephant kangaroo panda"
_ANIMALS = f"{_MAMMALS} butterfly flamingo starfish"
_PLANTS = "bonsai joshua_tree lotus sunflower"
_VEHICLES = "airplanes ferry helicopter ketch"
FOLDERS = {
    **dict.fromkeys(("animal", "creature", "fauna", "wildlife"), _ANIMALS),
    **dict.fromkeys(("living thing", "organism"), f"{_ANIMALS} {_PLANTS}"),
    **dict.fromkeys(("mammal", "beast"), _MAMMALS),
    "vertebrate": f"{_MAMMALS} flamingo",
    "herbivore": "elephant kangaroo panda",
    "carnivore": "Leopards panda",
    **dict.fromkeys(("sea animal", "marine animal"), "dolphin starfish"),
    "invertebrate": "butterfly starfish",
    **dict.fromkeys(("vehicle", "transport", "craft", "conveyance"), _VEHICLES),
    **dict.fromkeys(("boat", "ship", "watercraft", "vessel"), "ferry ketch"),
    **dict.fromkeys(("aircraft", "flying machine"), "airplanes helicopter"),
    **dict.fromkeys(("musical instrument", "instrument", "keyboard instrument"), "accordion grand_piano"),
    "flower": "lotus sunflower",
    "tree": "bonsai joshua_tree",
    **dict.fromkeys(("plant", "flora", "vegetation"), _PLANTS),
    "electronic device": "laptop watch",
    **dict.fromkeys(("bird", "wading bird"), "flamingo"),
    **dict.fromkeys(("insect", "arthropod"), "butterfly"),
    **dict.fromkeys(("food", "dish", "meal"), "pizza"),
    **dict.fromkeys(("feline", "big cat", "predator"), "Leopards"),
    **dict.fromkeys(("timepiece", "clock", "jewelry"), "watch"),
    **dict.fromkeys(("ball", "sport", "sports equipment"), "soccer_ball"),
    **dict.fromkeys(("jug", "container", "pottery"), "ewer"),
    **dict.fromkeys(("lamp", "lighting", "light fixture"), "chandelier"),
    **dict.fromkeys(("cetacean", "whale"), "dolphin"),
    "marsupial": "kangaroo",
    "bear": "panda",
    "computer": "laptop",
    "symbol": "yin_yang",
    "sailboat": "ketch",
    "pachyderm": "elephant",
    "echinoderm": "starfish",
}
NAMES = ("words", "mAP", "P@10", f"kinds in {PAGE}", "shown", "precision", "recall")


def asked(session: Session, above: bool) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Which pictures each word is right of, the folder of each picture, and what the network makes of them."""
    ids, pooled = session.library.activations.matrix()
    paths = {one.id: Path(one.path) for one in session.library.images.many(list(ids))}
    folders = [paths[image_id].parent for image_id in ids]
    if above:
        names = {part for folder in folders for part in folder.parts}
        right = {name.replace("_", " "): np.array([name in folder.parts for folder in folders]) for name in names}
        right = {name: one for name, one in right.items() if 3 <= one.sum() < len(one) / 2}
    else:
        right = {word: np.array([one.name in kinds.split() for one in folders]) for word, kinds in FOLDERS.items()}
    return right, np.array([str(folder) for folder in folders]), np.asarray(pooled)


def measured(final: np.ndarray, count: int, hits: np.ndarray, kinds: np.ndarray) -> tuple[float, ...]:
    """The measures of `NAMES`, of one word."""
    first = joint.top(final, PAGE)
    return (
        average_precision(final, hits),
        float(hits[first[:10]].mean()),
        len(set(kinds[first[hits[first]]])),
        float(count > 0),
        float(hits[joint.top(final, count)].mean()) if count else np.nan,
        float(hits[joint.top(final, count)].sum() / hits.sum()),
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("library", type=Path)
    parser.add_argument("--words", default="auto")
    parser.add_argument("--above", action="store_true")
    parser.add_argument("--each", action="store_true", help="print every word")
    given = parser.parse_args()
    with Session(load({"library": given.library, "words": given.words}, environ=os.environ)) as session:
        known = word_space.class_words(session)
        right, kinds, pooled = asked(session, given.above)
    places = joint.placed(pooled, classes.head(), known.space)
    ranker = Ranker(places, ground.learn(pooled), len(known.names))
    unrelated = word_space.asked(known, places, ranker)
    order = sorted(right)
    there = [word for word in order if known.broader.beneath(word) is not None]
    several = {word: len(set(kinds[right[word]])) > 1 for word in there}
    print(
        f"{known.encoder.name}, {len(pooled)} pictures; of {len(order)} words {len(there)} are broader terms; {NAMES}"
    )
    found: dict[str, list[tuple[float, ...]]] = {}
    for way, by in (("before", replace(known, broader=Broader((), len(known.names)))), ("now", known)):
        for word in there:
            ranked = words.ranked(by, ranker, unrelated, word, words.what_is_said(by, word))
            found.setdefault(way, []).append(measured(*ranked, right[word], kinds))
    for half, label in ((0, "chosen on"), (1, "others")):
        for many in (True, False):
            at = [n for n, word in enumerate(there) if several[word] == many and order.index(word) % 2 == half]
            for way, rows in found.items() if at else ():
                means = " ".join(f"{value:6.3f}" for value in np.nanmean(np.array(rows)[at], axis=0))
                print(f"{label:10} {'several kinds' if many else 'one kind':14} {len(at):3} {way:7} {means}")
    for number, word in enumerate(there if given.each else ()):
        print(f"{word:22}", *(f"{way} " + " ".join(f"{v:.2f}" for v in rows[number]) for way, rows in found.items()))


if __name__ == "__main__":
    main()
