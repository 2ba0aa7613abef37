"""Owns EfficientNet-Lite0 as a critic in torch, with ten outputs, and its training: the layers are those of `graph`.

Every step draws its pictures, their places and what is dropped from its own number and the seed: a training that was
killed and goes on from its last state takes the same steps as one that never stopped. `leitmotiv.nets.trainers` leads
here.

References
----------
.. [1] H. Talebi and P. Milanfar, NIMA: neural image assessment (2018).
"""

import io
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn
from torch.nn import functional

from leitmotiv.nets.critic_graph import HEAD, SCORES
from leitmotiv.nets.graph import EPSILON, STEM, WIDTH, Stage, blocks, padding
from leitmotiv.records import SEEN_SIDE, Float, Pixels, Schedule

LEAST_SHARE = 1e-4
"""Of a score in the histogram that the head begins with."""


class _Block(nn.Module):  # type: ignore[misc]  # torch may be away where types are checked
    """Widen, look around in each channel, narrow; see `leitmotiv.nets.graph.Graph.block`."""

    def __init__(self, stage: Stage, stride: int, channels: int) -> None:
        super().__init__()
        wide = channels * stage.expand
        self._wide, self._added = stage.expand > 1, stride == 1 and channels == stage.channels
        if self._wide:
            self._expand_conv, self._bn0 = _convolution(channels, wide, 1, 1), _norm(wide)
        self._depthwise_conv, self._bn1 = _convolution(wide, wide, stage.kernel, stride, groups=wide), _norm(wide)
        self._project_conv, self._bn2 = _convolution(wide, stage.channels, 1, 1), _norm(stage.channels)

    def forward(self, values: Any) -> Any:
        inner = values
        if self._wide:
            inner = functional.relu6(self._bn0(self._expand_conv(inner)))
        inner = functional.relu6(self._bn1(_padded(self._depthwise_conv, inner)))
        inner = self._bn2(self._project_conv(inner))
        return inner + values if self._added else inner


class CriticNetwork(nn.Module):  # type: ignore[misc]  # as above
    """From levels (B, 3, S, S), 0 to 255, to logits (B, 10)."""

    def __init__(self, dropout: float) -> None:
        super().__init__()
        self._conv_stem, self._bn0 = _convolution(3, STEM, 3, 2), _norm(STEM)
        channels, found = STEM, []
        for stage, stride in blocks():
            found.append(_Block(stage, stride, channels))
            channels = stage.channels
        self._blocks = nn.ModuleList(found)
        self._conv_head, self._bn1 = _convolution(channels, WIDTH, 1, 1), _norm(WIDTH)
        self._dropped = nn.Dropout(dropout)
        self._critic = nn.Linear(WIDTH, SCORES)

    def pooled(self, levels: Any) -> Any:
        """What the head sees, (B, 1280)."""
        values = functional.relu6(self._bn0(_padded(self._conv_stem, (levels - 127.0) / 128)))
        for block in self._blocks:
            values = block(values)
        return functional.relu6(self._bn1(self._conv_head(values))).mean((2, 3))

    def head(self, pooled: Any) -> Any:
        """Logits of pooled features."""
        return self._critic(self._dropped(pooled))

    def forward(self, levels: Any) -> Any:
        """All of it."""
        return self.head(self.pooled(levels))

    def train(self, mode: bool = True) -> "CriticNetwork":
        """Batch norms keep the averages that the backbone came with: small batches would spoil them."""
        super().train(mode)
        for part in self.modules():
            if isinstance(part, nn.BatchNorm2d):
                part.eval()
        return self


def loss(logits: Any, shares: Any) -> Any:
    """The square of the earth mover's distance with r = 2, the mean over a batch; as `analysis.earth_mover.squared`."""
    apart = (torch.softmax(logits, 1) - shares).cumsum(1)
    return (apart**2).mean()


class CriticTrainer:
    """A critic and the pictures that it learns from: first its head alone, then all layers.

    Parameters
    ----------
    weights : mapping of str to array
        Of the backbone, as `leitmotiv.nets.weights.tensors` reads them.
    schedule : Schedule
    pictures : (N, 256, 256, 3) uint8
        May be mapped from a file.
    shares : (N, 10) float64
        Histograms of the votes.
    seed : int
    threads : int
        Of the processor, where no GPU is found.

    Attributes
    ----------
    step, steps : int
        How many were taken, and how many there are.
    unfreezes : int
        The first step that moves all layers.
    device : str
        "cuda" or "cpu".
    """

    def __init__(
        self,
        weights: Mapping[str, NDArray[Any]],
        schedule: Schedule,
        pictures: Pixels,
        shares: Float,
        *,
        seed: int = 0,
        threads: int = 1,
    ) -> None:
        torch.set_num_threads(threads)
        self.schedule, self.step, self._seed = schedule, 0, seed
        self.device = "cuda" if torch.cuda.is_available() else "cpu"
        self._pictures, self._shares = pictures, shares.astype(np.float32)
        self.epoch = -(-len(pictures) // schedule.batch)
        self.unfreezes = schedule.head.epochs * self.epoch
        self.steps = self.unfreezes + schedule.whole.epochs * self.epoch
        known = {name: torch.from_numpy(np.array(value)) for name, value in weights.items() if name[:3] != "_fc"}
        base = np.maximum(shares.mean(axis=0), LEAST_SHARE)
        known[f"{HEAD}.weight"] = torch.zeros(SCORES, WIDTH)
        known[f"{HEAD}.bias"] = torch.from_numpy(np.log(base / base.sum()).astype(np.float32))
        self._network = CriticNetwork(schedule.dropout)
        self._network.load_state_dict(known)
        self._network.to(self.device, memory_format=torch.channels_last)
        self._begin_phase()

    def advance(self) -> float:
        """Take one step; the loss before it."""
        if self.step == self.unfreezes:
            self._begin_phase()
        levels, shares = self._drawn()
        for group in self._steps.param_groups:
            group["lr"] = self.rate()
        self._network.train()
        with torch.set_grad_enabled(self.step >= self.unfreezes):
            pooled = self._network.pooled(levels)
        found = loss(self._network.head(pooled), shares)
        self._steps.zero_grad(set_to_none=True)
        found.backward()
        self._steps.step()
        self.step += 1
        return float(found.detach())

    def rate(self) -> float:
        """Step length of the next step."""
        whole = self.step >= self.unfreezes
        phase = self.schedule.whole if whole else self.schedule.head
        into = self.step - (self.unfreezes if whole else 0)
        return phase.rate * self.schedule.fade ** (self.step // self.epoch) / (1 + phase.decay * into)

    def predict(self, pictures: Pixels) -> Float:
        """Histograms (B, 10) of pictures (B, 256, 256, 3), of which the middle is seen."""
        self._network.eval()
        edge = (pictures.shape[1] - SEEN_SIDE) // 2
        found = []
        with torch.no_grad():
            for start in range(0, len(pictures), 16):
                part = np.array(pictures[start : start + 16, edge : edge + SEEN_SIDE, edge : edge + SEEN_SIDE])
                found.append(torch.softmax(self._network(self._levels(part)), 1).cpu().numpy())
        return np.concatenate(found).astype(np.float64) if found else np.zeros((0, SCORES))

    def weights(self) -> dict[str, NDArray[np.float32]]:
        """By the names of the backbone's file, with `HEAD` for the last layer."""
        return {name: value.cpu().numpy().copy() for name, value in self._network.state_dict().items()}

    def state(self) -> bytes:
        """All that is needed to go on."""
        file = io.BytesIO()
        parts = {"step": self.step, "network": self._network.state_dict(), "steps": self._steps.state_dict()}
        torch.save(parts, file)
        return file.getvalue()

    def resume(self, state: bytes) -> None:
        """Go on from a state of the same training.

        Raises
        ------
        ValueError
            It is damaged, or of another network.
        """
        try:
            parts = torch.load(io.BytesIO(state), weights_only=True, map_location=self.device)
        except Exception as error:  # torch raises whatever its reader met
            raise ValueError("The state of the training is damaged.") from error
        try:
            self.step = int(parts["step"])
            self._network.load_state_dict(parts["network"])
            # a state of just before the unfreezing is one of the head: the next step begins the other phase
            self._begin_phase(self.step > self.unfreezes)
            self._steps.load_state_dict(parts["steps"])
        except (KeyError, RuntimeError, TypeError, ValueError) as error:
            raise ValueError("The state is of another network.") from error

    def _begin_phase(self, whole: bool | None = None) -> None:
        whole = self.step >= self.unfreezes if whole is None else whole
        moved = self._network if whole else self._network._critic
        self._steps = torch.optim.Adam(list(moved.parameters()), self.rate())

    def _drawn(self) -> tuple[Any, Any]:
        """Pictures of this step, moved and mirrored at random, and their votes."""
        rows = self._rows()
        rng = np.random.default_rng([self._seed, self.step])
        torch.manual_seed(int(rng.integers(2**62)))
        room = self._pictures.shape[1] - SEEN_SIDE
        places = (
            rng.integers(0, room + 1, (len(rows), 2)) if self.schedule.moved else np.full((len(rows), 2), room // 2)
        )
        mirrored = rng.random(len(rows)) < self.schedule.mirrored
        cut = np.stack(list(self._cut(rows, places, mirrored)))
        return self._levels(cut), torch.from_numpy(self._shares[rows]).to(self.device)

    def _rows(self) -> NDArray[np.int64]:
        epoch, place = divmod(self.step, self.epoch)
        order = np.random.default_rng([self._seed, epoch, 1]).permutation(len(self._pictures))
        batch = self.schedule.batch
        return order[place * batch : (place + 1) * batch]

    def _cut(self, rows: Any, places: Any, mirrored: Any) -> Iterator[Pixels]:
        for row, (top, left), turned in zip(rows, places, mirrored, strict=True):
            one = self._pictures[row, top : top + SEEN_SIDE, left : left + SEEN_SIDE]
            yield one[:, ::-1] if turned else one

    def _levels(self, pictures: Pixels) -> Any:
        levels = torch.from_numpy(np.ascontiguousarray(pictures)).to(self.device).permute(0, 3, 1, 2).float()
        if self.schedule.shrink > 1:
            levels = functional.avg_pool2d(levels, self.schedule.shrink)
        return levels.contiguous(memory_format=torch.channels_last)


def _convolution(before: int, after: int, kernel: int, stride: int, groups: int = 1) -> Any:
    return nn.Conv2d(before, after, kernel, stride, groups=groups, bias=False)


def _norm(channels: int) -> Any:
    return nn.BatchNorm2d(channels, EPSILON)


def _padded(layer: Any, values: Any) -> Any:
    """A convolution with the zeros around that TensorFlow's "SAME" has."""
    before, after = padding(values.shape[-1], layer.kernel_size[0], layer.stride[0])
    return layer(functional.pad(values, (before, after, before, after)))
