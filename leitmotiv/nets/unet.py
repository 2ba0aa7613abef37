"""Owns the two networks of pix2pix in torch: the U-Net that makes pictures, and the PatchGAN that judges them.

References
----------
.. [1] P. Isola, J. Zhu, T. Zhou, A. Efros, "Image-to-image translation with conditional adversarial networks", CVPR
   2017 (arXiv 1611.07004).
"""

from typing import Any

import torch
from torch import nn

from leitmotiv.records import Network

EPSILON = 1e-5
"""Of norms."""
LEAK = 0.2
SPREAD = 0.02
"""Of weights before training."""
DROPPED = 3
"""Layers of the decoder, from the narrowest, that drop values in training."""


class Generator(nn.Module):  # type: ignore[misc] # torch may be away where types are checked
    """Down to one pixel and up again, every layer of the way up beside the one of the same size on the way down.

    Parameters
    ----------
    network : Network

    Notes
    -----
    Takes and gives (B, 3, S, S) float32 from -1 to 1. The first layer has no norm, and neither has the one of a single
    pixel: normed by itself it would always be 0.
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        widths = network.widths()
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for number, (before, width) in enumerate(zip([3, *widths], widths, strict=False)):
            layers = [] if number == 0 else [nn.LeakyReLU(LEAK)]
            layers.append(nn.Conv2d(before, width, 4, 2, 1))
            if 0 < number < network.depth - 1:
                layers.append(_norm(width, network))
            self.down.append(nn.Sequential(*layers))
        for number in range(network.depth - 1):
            before, width = widths[-1 - number] * (1 if number == 0 else 2), widths[-2 - number]
            layers = [nn.ReLU(), nn.ConvTranspose2d(before, width, 4, 2, 1), _norm(width, network)]
            if number < DROPPED:
                layers.append(nn.Dropout(network.dropout))
            self.up.append(nn.Sequential(*layers))
        self.up.append(nn.Sequential(nn.ReLU(), nn.ConvTranspose2d(widths[0] * 2, 3, 4, 2, 1), nn.Tanh()))

    def forward(self, shown: Any) -> Any:
        """See a picture in what is shown of it."""
        passed = [shown]
        for layer in self.down:
            passed.append(layer(passed[-1]))
        seen = self.up[0](passed.pop())
        for layer in self.up[1:]:
            seen = layer(torch.cat([seen, passed.pop()], 1))
        return seen


class Discriminator(nn.Module):  # type: ignore[misc] # as above
    """Whether each patch of a picture is a photograph or made, given what was shown.

    Notes
    -----
    Takes what is shown and a picture, each (B, 3, S, S) from -1 to 1; gives logits, (B, 1, T, T).
    """

    def __init__(self, network: Network) -> None:
        super().__init__()
        layers: list[Any] = [nn.Conv2d(6, network.width, 4, 2, 1), nn.LeakyReLU(LEAK)]
        before = network.width
        for number in range(1, network.layers + 1):
            width, stride = network.width * min(2**number, 8), 2 if number < network.layers else 1
            layers += [nn.Conv2d(before, width, 4, stride, 1), _norm(width, network), nn.LeakyReLU(LEAK)]
            before = width
        self.body = nn.Sequential(*layers, nn.Conv2d(before, 1, 4, 1, 1))

    def forward(self, shown: Any, picture: Any) -> Any:
        """Judge."""
        return self.body(torch.cat([shown, picture], 1))


def begin(module: Any) -> None:
    """Draw weights as pix2pix does: normal, of deviation 0.02, around 0, and around 1 for the scale of a norm."""
    for part in module.modules():
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d):
            nn.init.normal_(part.weight, 0.0, SPREAD)
            nn.init.zeros_(part.bias)
        elif isinstance(part, nn.BatchNorm2d | nn.InstanceNorm2d):
            nn.init.normal_(part.weight, 1.0, SPREAD)
            nn.init.zeros_(part.bias)


def _norm(width: int, network: Network) -> Any:
    if network.norm == "batch":
        return nn.BatchNorm2d(width, EPSILON)
    return nn.InstanceNorm2d(width, EPSILON, affine=True)
