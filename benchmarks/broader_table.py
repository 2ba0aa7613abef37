"""Writes the table of broader terms of the classes (animal > bird > heron) from the files of WordNet 3.0.

    python benchmarks/broader_table.py FOLDER > leitmotiv/nets/broader.txt

FOLDER holds data.noun, as Debian's package wordnet-base has it in /usr/share/wordnet. A line of the table has the words
for a kind of thing, and the numbers of the classes that are such things. What half of all classes are (a thing, an
artifact) says nothing, and is left out, as is what only one class is: that is another name of it.
"""

import json
import sys
from collections import defaultdict
from pathlib import Path

from leitmotiv.nets import weights
from leitmotiv.nets.weights import CLASS_SYNSETS

LEAST = 2
"""Classes from which on a term is broader than they are, and no other name of one."""
MOST = 0.5
"""Share of the classes from which on a term says nothing."""


def main() -> None:
    """Write the table."""
    words, above = _nouns(Path(sys.argv[1]) / "data.noun")
    synsets: dict[str, str] = json.loads(weights.read(CLASS_SYNSETS))
    beneath: defaultdict[str, set[int]] = defaultdict(set)
    for number, synset in synsets.items():
        ways = list(above[synset[1:]])
        while ways:
            way = ways.pop()
            if int(number) not in beneath[way]:
                beneath[way].add(int(number))
                ways += above[way]
    lines = [
        f"{', '.join(words[kind])}: {_ranges(sorted(numbers))}"
        for kind, numbers in beneath.items()
        if LEAST <= len(numbers) < MOST * len(synsets)
    ]
    sys.stdout.write("\n".join(sorted(lines)) + "\n")


def _nouns(path: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """By the offset of a sense, its words and the offsets of what lies above it; see wndb(5WN)."""
    words, above = {}, {}
    for line in path.read_text("ascii").splitlines():
        if line.startswith("  "):  # the licence
            continue
        parts = line.partition(" | ")[0].split(" ")
        count = int(parts[3], 16)
        words[parts[0]] = [word.replace("_", " ") for word in parts[4 : 4 + 2 * count : 2]]
        pointers = parts[5 + 2 * count :]
        above[parts[0]] = [pointers[at + 1] for at, sign in enumerate(pointers) if sign in ("@", "@i")]
    return words, above


def _ranges(numbers: list[int]) -> str:
    """Numbers in order, those that follow each other as `first-last`."""
    found: list[list[int]] = []
    for number in numbers:
        if found and number == found[-1][1] + 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    return " ".join(f"{first}-{last}" if last > first else f"{first}" for first, last in found)


if __name__ == "__main__":
    main()
