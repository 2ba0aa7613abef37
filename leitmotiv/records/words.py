"""What words say of pictures."""

from dataclasses import dataclass

from leitmotiv.records.arrays import Float, read_only


@dataclass(frozen=True)
class ClassText:
    """What is written of a class that the backbone knows.

    Attributes
    ----------
    name : str
        As people say it.
    synonyms : tuple of str
        As WordNet has them.
    description, guidelines : str
        How it looks, and how to tell it from others; empty where nobody wrote any.
    """

    name: str
    synonyms: tuple[str, ...]
    description: str
    guidelines: str


@dataclass(frozen=True, eq=False)
class WordScores:
    """What a phrase says of the pictures of a collection, one value a picture, in the order of `ids`.

    Attributes
    ----------
    ids : tuple of str
    values : (N,) float64
        Standardised: mean 0 and deviation 1 over the collection; all 0 where the phrase says nothing.
    cut : int
        How many of the first stand out from what unrelated words find; 0 is "nothing found".
    nearest : tuple of str
        Names of classes that the phrase is nearest to, the nearest first.
    read : str
        The phrase as it was read: where it found nothing, a word that nobody knows may be replaced by one it is a slip
        of.
    """

    ids: tuple[str, ...]
    values: Float
    cut: int
    nearest: tuple[str, ...]
    read: str

    def __post_init__(self) -> None:
        read_only(self.values)
