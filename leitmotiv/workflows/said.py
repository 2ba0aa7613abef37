"""What a term of a query says of every picture, whoever tells it."""

from dataclasses import dataclass

from leitmotiv.analysis.joining import Mask
from leitmotiv.records import Float


@dataclass(frozen=True, eq=False)
class Said:
    """What a term says.

    Attributes
    ----------
    values : (N,) float64
        Of looks at most 1, and about 0 for a picture that has nothing to do with it; else standard deviations.
    divergences : (N,) float64 or None
        Of looks, nats; NaN where not computed.
    found : (N,) bool or None
        Which pictures part from chance, where that is told by other means than by how the values lie.
    there : (N,) bool or None
        Of looks: which pictures have it at any rate, however many do.
    settled : bool
        Whether `there` alone says which part from chance, and not also how the values lie.
    beside : (N,) bool or None
        Which pictures have it where it is wanted together with what they show, if that is less strict than `there`.
    nearest : tuple of str
        Of words: those known ones that come nearest.
    read : str
        Of words: the phrase as it was read.
    says_something : bool
        Whether it tells pictures apart at all; words such as "of the" do not.
    """

    values: Float
    divergences: Float | None = None
    approximate: bool = False
    found: Mask | None = None
    there: Mask | None = None
    settled: bool = False
    beside: Mask | None = None
    nearest: tuple[str, ...] = ()
    read: str = ""
    says_something: bool = True
