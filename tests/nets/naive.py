"""EfficientNet-Lite0 as its table says, in numpy: batch norms are not folded, padding is done by hand."""

import numpy as np

STAGES = [(3, 1, 1, 16, 1), (3, 2, 6, 24, 2), (5, 2, 6, 40, 2), (3, 2, 6, 80, 3), (5, 1, 6, 112, 3), (5, 2, 6, 192, 4)]
STAGES += [(3, 1, 6, 320, 1)]


def features(weights, picture):
    """The map (7, 7, 1280), its mean and the logits of one picture, (224, 224, 3) uint8."""
    x = ((picture.astype(np.float64) - 127) / 128).transpose(2, 0, 1)
    x = relu6(norm(weights, "_bn0", convolve(weights["_conv_stem.weight"], x, 2)))
    number = 0
    for _, stride, expand, _, repeats in STAGES:
        for repeat in range(repeats):
            name = f"_blocks.{number}"
            y = x
            if expand > 1:
                y = relu6(norm(weights, f"{name}._bn0", convolve(weights[f"{name}._expand_conv.weight"], y, 1)))
            step = stride if repeat == 0 else 1
            y = relu6(norm(weights, f"{name}._bn1", convolve(weights[f"{name}._depthwise_conv.weight"], y, step)))
            y = norm(weights, f"{name}._bn2", convolve(weights[f"{name}._project_conv.weight"], y, 1))
            x = x + y if x.shape == y.shape else y
            number += 1
    x = relu6(norm(weights, "_bn1", convolve(weights["_conv_head.weight"], x, 1)))
    pooled = x.mean(axis=(1, 2))
    return x.transpose(1, 2, 0), pooled, weights["_fc.weight"] @ pooled + weights["_fc.bias"]


def convolve(kernel, x, stride):
    """ "Same" padding: as many places come out as begin a step, and an odd zero goes to the right and below."""
    side, k = x.shape[1], kernel.shape[2]
    out = -(-side // stride)
    zeros = max(0, (out - 1) * stride + k - side)
    x = np.pad(x, [(0, 0), *[(zeros // 2, zeros - zeros // 2)] * 2])
    total = 0
    for row in range(k):
        for column in range(k):
            part = x[:, row : row + (out - 1) * stride + 1 : stride, column : column + (out - 1) * stride + 1 : stride]
            taps = kernel[:, :, row, column].astype(np.float64)
            total = total + (taps[:, 0, None, None] * part if taps.shape[1] == 1 else np.tensordot(taps, part, 1))
    return total


def norm(weights, name, x):
    scale, shift, mean, variance = (
        weights[f"{name}.{part}"].astype(np.float64)[:, None, None]
        for part in ("weight", "bias", "running_mean", "running_var")
    )
    return (x - mean) / np.sqrt(variance + 1e-3) * scale + shift


def relu6(x):
    return np.clip(x, 0, 6)
