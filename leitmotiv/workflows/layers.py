"""The layers of networks that concepts are about, by the names that .cav files have for them."""

POOLED = "lite0_pooled"
MAP = "lite0_map"
LAYERS = {
    POOLED: 1280,
    MAP: 7 * 7 * 1280,
    "googlenet_4d": 14 * 14 * 528,
    "googlenet_5b": 7 * 7 * 1024,
    "mobilenet_12d": 7 * 7 * 512,
}
"""How many numbers a picture has in each."""
VERSION = 1
"""Of what leitmotiv writes into the metadata of .cav files."""
SEEN = (POOLED, MAP)
"""Those of the backbone; of the others, files and stored activations can be used."""
