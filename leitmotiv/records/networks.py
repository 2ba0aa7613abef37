"""How a pair of eyes is built and trained, and how its training went."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal

from leitmotiv.records.eyes import Partial

Loss = Literal["gan", "l1"]
Norm = Literal["batch", "picture"]


@dataclass(frozen=True)
class Network:
    """The network behind a pair of eyes, by the names of pix2pix where it has them.

    Attributes
    ----------
    side : int
        Pixels a side of what goes in and comes out: a power of two, 16 to 512.
    width : int
        Channels of the generator's first layer ("ngf") and of the discriminator's ("ndf").
    layers : int
        Of the discriminator that halve the picture, 1 to 6: it judges patches of 16, 34, 70, 142, 286 or 574 pixels.
    norm : str
        "batch": layers are normed over a batch in training, and by the averages of training when eyes look;
        "picture": by the picture itself, in training as ever after (what pix2pix does, which trains on one at a time).
    loss : str
        "gan": the discriminator's judgement and `weight` times L1; "l1": L1 alone.
    weight : float
        Of L1 beside the discriminator's judgement.
    batch : int
        Pictures a step.
    rate : float
        Step length of Adam, whose first momentum is 0.5.
    dropout : float
        Share of the values that the first three layers of the decoder drop in training.
    shift : float
        How far pictures are moved at random in training, as a share of their side; they are mirrored at random, too.
    """

    side: int = 64
    width: int = 32
    layers: int = 2
    norm: Norm = "batch"
    loss: Loss = "gan"
    weight: float = 100.0
    batch: int = 8
    rate: float = 2e-4
    dropout: float = 0.5
    shift: float = 0.12

    @property
    def depth(self) -> int:
        """How often the generator halves a picture, down to one pixel."""
        return self.side.bit_length() - 1

    def widths(self) -> list[int]:
        """Channels of the encoder's layers, which are those of the decoder's in reverse."""
        return [self.width * min(2**number, 8) for number in range(self.depth)]

    def as_json(self) -> dict[str, Any]:
        """As it is stored on a card."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Network":
        """Read what `as_json` gave; entries that are not known are left out."""
        known = {field.name for field in fields(Network)}
        return Network(**{name: value for name, value in values.items() if name in known})


ORIGINAL = Network(side=256, width=64, layers=3, norm="picture", batch=1, shift=30 / 256)
"""pix2pix as it was published: 54.4 million weights, and 2.77 million that judge, on a map of 30 x 30."""


@dataclass(frozen=True)
class Losses:
    """Of one step.

    Attributes
    ----------
    l1 : float
        Mean distance to the truth, in levels of 255.
    generator, discriminator : float
        What the discriminator's judgement costs either; 0 without one. At log 2 and twice that it cannot tell.
    """

    l1: float
    generator: float = 0.0
    discriminator: float = 0.0


@dataclass(frozen=True)
class Training:
    """What was asked of a training, as it is stored beside what it makes.

    Attributes
    ----------
    id : str
        Of the eyes.
    query : str
        The selection.
    minutes, steps : float, int
        Where it ends, whichever comes first; 0 for no such end.
    every : int
        Steps between samples.
    begun_with : str
        Id of the eyes whose weights it began with, if any.
    """

    id: str
    name: str
    query: str
    partial: Partial
    network: Network
    seed: int = 0
    minutes: float = 0.0
    steps: int = 0
    every: int = 250
    begun_with: str = ""

    def as_json(self) -> dict[str, Any]:
        """As it is stored."""
        return asdict(self)

    @staticmethod
    def from_json(values: Mapping[str, Any]) -> "Training":
        """Read what `as_json` gave."""
        parts = {"partial": Partial.from_json(values["partial"]), "network": Network.from_json(values["network"])}
        return Training(**{**values, **parts})


@dataclass(frozen=True)
class Faithfulness:
    """How near what eyes see is to what is there, on the mean over pictures that they did not learn from.

    Attributes
    ----------
    l1 : float
        Levels of 255.
    ssim : float
        Structural similarity, up to 1.
    edges : float
        F1 of the edges of what is seen with those of what is shown, within a pixel.
    to_known, to_shown : float
        How far the colours that are seen have to be moved to become those of the pictures that they learnt from, and
        those that they were shown; L*a*b* units.
    """

    l1: float
    ssim: float
    edges: float
    to_known: float
    to_shown: float
