"""Owns training a U-Net to see pictures in what is shown of them, step by step; `leitmotiv.nets.trainers` leads here.

Every step draws its pictures, their places and what is dropped from its own number and the seed: a training that was
killed and goes on from its last state takes the same steps as one that never stopped.

References
----------
.. [1] P. Isola, J. Zhu, T. Zhou, A. Efros, "Image-to-image translation with conditional adversarial networks", CVPR
   2017 (arXiv 1611.07004).
"""

import io
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from leitmotiv.nets.unet import Discriminator, Generator, begin
from leitmotiv.records import Losses, Network, Pixels

MOMENTA = (0.5, 0.999)
"""Of Adam."""
KEPT = 0.998
"""How much of the averaged generator stays at a step: it is the average of some five hundred steps."""


class Trainer:
    """A pair of networks and the pictures they learn from.

    Parameters
    ----------
    network : Network
    shown, pictures : (N, S, S, 3) uint8
        What is shown of pictures, and the pictures.
    seed : int
    threads : int
        Of the processor, where no GPU is found.

    Attributes
    ----------
    step : int
        How many were taken.
    """

    def __init__(self, network: Network, shown: Pixels, pictures: Pixels, *, seed: int = 0, threads: int = 1) -> None:
        torch.set_num_threads(threads)
        self.network, self.step, self._seed = network, 0, seed
        self._device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
        torch.manual_seed(seed)
        self._generator = self._built(Generator(network))
        begin(self._generator)
        self._average = self._built(Generator(network)).eval()
        self._average.load_state_dict(self._generator.state_dict())
        self._judge = self._built(Discriminator(network)) if network.loss == "gan" else None
        if self._judge is not None:
            begin(self._judge)
        self._steps = [
            torch.optim.Adam(one.parameters(), network.rate, MOMENTA)
            for one in (self._generator, self._judge)
            if one is not None
        ]
        self._pairs = torch.from_numpy(np.concatenate([shown, pictures], 3).transpose(0, 3, 1, 2)).to(self._device)

    def advance(self) -> Losses:
        """Take one step."""
        shown, truth = self._drawn()
        made = self._generator(shown)
        judged = 0.0
        if self._judge is not None:
            real, false = self._judge(shown, truth), self._judge(shown, made.detach())
            doubt = _against(real, True) + _against(false, False)
            self._follow(1, doubt)
            judged = float(doubt.detach())
        apart = (truth - made).abs().mean()
        if self._judge is None:
            self._follow(0, apart)
            self._settle()
            return Losses(float(apart.detach()) * 127.5)
        self._judge.requires_grad_(False)
        convinced = _against(self._judge(shown, made), True)
        self._follow(0, convinced + self.network.weight * apart)
        self._judge.requires_grad_(True)
        self._settle()
        return Losses(float(apart.detach()) * 127.5, float(convinced.detach()), judged)

    def see(self, shown: Pixels) -> Pixels:
        """What the averaged generator makes of what is shown; (B, S, S, 3) uint8 to the same."""
        numbers = torch.from_numpy(np.ascontiguousarray(shown.transpose(0, 3, 1, 2))).to(self._device)
        with torch.no_grad():
            made = torch.cat([self._average(_centred(part)) for part in numbers.split(16)])
        levels = (made * 127.5 + 127.5).round().clamp(0, 255).to(torch.uint8)
        return np.ascontiguousarray(levels.permute(0, 2, 3, 1).cpu().numpy())

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """Of the averaged generator, by the names of `leitmotiv.nets.unet`."""
        return {name: value.cpu().numpy() for name, value in self._average.state_dict().items()}

    def state(self) -> bytes:
        """All that is needed to go on."""
        parts = {
            "step": self.step,
            "generator": self._generator.state_dict(),
            "average": self._average.state_dict(),
            "judge": {} if self._judge is None else self._judge.state_dict(),
            "steps": [one.state_dict() for one in self._steps],
        }
        file = io.BytesIO()
        torch.save(parts, file)
        return file.getvalue()

    def resume(self, state: bytes) -> None:
        """Go on from a state of the same network.

        Raises
        ------
        ValueError
            It is damaged, or of another network.
        """
        parts = _read(state)
        try:
            self._generator.load_state_dict(parts["generator"])
            self._average.load_state_dict(parts["average"])
            if self._judge is not None:
                self._judge.load_state_dict(parts["judge"])
            for one, values in zip(self._steps, parts["steps"], strict=True):
                one.load_state_dict(values)
            self.step = int(parts["step"])
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise ValueError("The state is of another network.") from error

    def inherit(self, state: bytes) -> None:
        """Begin with the weights of another training; its judge comes along where both have one of the same size.

        Raises
        ------
        ValueError
            It is damaged, or its generator is built otherwise.
        """
        parts = _read(state)
        try:
            self._generator.load_state_dict(parts["average"])
            self._average.load_state_dict(parts["average"])
        except (KeyError, RuntimeError, TypeError) as error:
            raise ValueError("The state is of another network.") from error
        if self._judge is not None and parts.get("judge"):
            own = self._judge.state_dict()
            if {k: v.shape for k, v in own.items()} == {k: v.shape for k, v in parts["judge"].items()}:
                self._judge.load_state_dict(parts["judge"])

    def _built(self, module: Any) -> Any:
        return module.to(self._device, memory_format=torch.channels_last)

    def _drawn(self) -> tuple[Any, Any]:
        """Pairs of this step, moved and mirrored at random."""
        rng = np.random.default_rng([self._seed, self.step])
        torch.manual_seed(int(rng.integers(2**62)))
        count, side = len(self._pairs), self.network.side
        chosen = rng.choice(count, self.network.batch, replace=count < self.network.batch)
        reach = min(round(self.network.shift * side), side - 1)
        wide = functional.pad(self._pairs[chosen].float(), (reach,) * 4, "reflect")
        cut = [
            one[:, top : top + side, left : left + side]
            for one, (top, left) in zip(wide, rng.integers(0, 2 * reach + 1, (len(chosen), 2)), strict=True)
        ]
        mirrored = rng.random(len(chosen)) < 0.5
        pairs = torch.stack([one.flip(2) if turn else one for one, turn in zip(cut, mirrored, strict=True)])
        pairs = _centred(pairs).contiguous(memory_format=torch.channels_last)
        return pairs[:, :3], pairs[:, 3:]

    def _follow(self, which: int, loss: Any) -> None:
        self._steps[which].zero_grad(set_to_none=True)
        loss.backward()
        self._steps[which].step()

    def _settle(self) -> None:
        """Move the average a little; at first it follows closely."""
        self.step += 1
        kept = min(KEPT, self.step / (self.step + 9))
        with torch.no_grad():
            for mean, new in zip(
                self._average.state_dict().values(), self._generator.state_dict().values(), strict=True
            ):
                if mean.dtype.is_floating_point:
                    mean.lerp_(new, 1 - kept)
                else:
                    mean.copy_(new)


def _centred(levels: Any) -> Any:
    return levels.float() / 127.5 - 1


def _against(logits: Any, real: bool) -> Any:
    """How far a judgement is from what it should be."""
    wanted = torch.ones_like(logits) if real else torch.zeros_like(logits)
    return functional.binary_cross_entropy_with_logits(logits, wanted)


def _read(state: bytes) -> Any:
    try:
        return torch.load(io.BytesIO(state), weights_only=True)
    except Exception as error:  # torch raises whatever its reader met
        raise ValueError("The state of the training is damaged.") from error
