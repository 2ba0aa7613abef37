"""Designs that evolve: what is drawn, what a judge says of it, and the rounds of a run."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from leitmotiv.records.arrays import Float, Half, read_only


@dataclass(frozen=True)
class Shape:
    """One outline, filled or drawn as a line.

    Attributes
    ----------
    path : str
        As `d` of SVG has it, in the units of the drawing.
    fill, stroke : str
        "#rrggbb", or "" for none.
    fades : str
        A second colour: the fill goes from the first at the top of the shape to this one at its foot.
    line : float
        Width of the stroke.
    """

    path: str
    fill: str = ""
    stroke: str = ""
    fades: str = ""
    line: float = 0.0
    opacity: float = 1.0


@dataclass(frozen=True)
class Photo:
    """A part of a picture of the library, in a frame of the drawing.

    Attributes
    ----------
    box : (x, y, width, height)
        Of the picture, as shares of its sides from the upper left.
    """

    image_id: str
    x: float
    y: float
    width: float
    height: float
    box: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True)
class Drawing:
    """What a genome draws; the first part lies below the others."""

    width: int
    height: int
    ground: str
    parts: tuple[Shape | Photo, ...]


@dataclass(frozen=True, eq=False)
class Judged:
    """What a judge says of B pictures.

    Attributes
    ----------
    scores : (B,) float64
        1 to 10.
    bands : (B,) float64
        How much each score hangs on where the frame cuts: scores nearer than this count as equal.
    traits : (B, T) float32
        Where pictures lie that the judge sees alike; distances are those of directions.
    """

    scores: Float
    bands: Float
    traits: Any


@dataclass(frozen=True, eq=False)
class Round:
    """A batch of designs as it was judged; all arrays follow the order of birth.

    Attributes
    ----------
    genomes : (B, D) float64
        Each gene 0 to 1.
    scores, bands, novelty : (B,) float64
        Novelty is how far a design lies from the winners before, 0 to 1.
    twins : tuple of int
        The better design that it nearly equals; -1 for none.
    traits : (B, T) float16
    winner : int
        What the critic chose.
    picks : tuple of int
        What a person chose instead, the dearest first; empty where the critic's choice stands.
    note : str
        "", "wider" (steps grew on a plateau) or "restart".
    fresh : int
        Designs of this round that were judged anew; those that were kept had their scores.
    """

    number: int
    genomes: Float
    scores: Float
    bands: Float
    novelty: Float
    twins: tuple[int, ...]
    traits: Half
    winner: int
    picks: tuple[int, ...] = ()
    note: str = ""
    fresh: int = 0

    def __post_init__(self) -> None:
        for array in (self.genomes, self.scores, self.bands, self.novelty, self.traits):
            read_only(array)

    @property
    def chosen(self) -> int:
        """The winner of this round: a person's choice before that of the critic."""
        return self.picks[0] if self.picks else self.winner


@dataclass(frozen=True)
class Run:
    """One evolution, as it was asked for.

    Attributes
    ----------
    design : str
        A kind: "landscape", "poster" and so on.
    critic : str
        Its name; "plain" is the measure that needs no training.
    seed, rounds, batch : int
    greedy : bool
        Whether it is the plain loop: variations of the best, nothing else.
    pictures : tuple of (id, ratio)
        That crops and collages are made of, each with its width by height.
    first : (D,) of float or None
        A genome to begin with.
    done : int
        Rounds that were judged.
    facts : mapping
        As JSON has it: "judge", the fingerprint of the critic when the run began; "pictures", the line of filters that
        they were chosen by; "from" and "round", the run that this one went on from and the last round that both have;
        "line", [run, last round that both have] of all runs before, the eldest first.
    """

    id: int
    made: datetime
    design: str
    critic: str
    seed: int
    rounds: int
    batch: int
    greedy: bool = False
    pictures: tuple[tuple[str, float], ...] = ()
    first: tuple[float, ...] | None = None
    done: int = 0
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class DesignVote:
    """A person preferred one design of a round to another: what a critic of one's own can learn from."""

    run: int
    round: int
    preferred: int
    over: int
    at: datetime
