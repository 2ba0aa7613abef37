"""Concept files of cavlib and CAVstudio (.cav): one MessagePack map, without magic, version or checksum.

A file that was read is written again byte for byte, whatever else it holds: what was not changed keeps its bytes. What
comes from elsewhere may be hostile: sizes are bounded before anything is made of them, and nothing but plain values is
read.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import msgpack
import numpy as np

from leitmotiv.errors import CavFileError, CavKeyError, CavTypeError
from leitmotiv.records import Float32, read_only

MOST_BYTES = 4 << 20
"""Of a file: the longest vector of a known layer takes half a megabyte, in double precision one."""
MOST_VALUES = 1 << 17
"""Of a list or a map: the longest vector of a known layer has 103,488. What is read takes some 70 times its bytes."""
_REQUIRED = ("vector", "id", "model_layer")
_MOST_TEXT = 1 << 20


@dataclass(frozen=True, eq=False)
class CavFile:
    """What stands in a file.

    Attributes
    ----------
    id : UUID
    vector : (D,) float32
    model_layer : str
    metadata : mapping or None
        None where the file has no such entry, as those of CAVstudio.
    extra : mapping
        All other entries, in their order; "stats" of CAVstudio among them.
    kept : mapping
        The bytes of each entry as they were read, by key and in the order of the file: both key and value.
    """

    id: UUID
    vector: Float32
    model_layer: str
    metadata: Mapping[str, Any] | None = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    kept: Mapping[str, bytes] = field(default_factory=dict)

    def __post_init__(self) -> None:
        read_only(self.vector)


def read(data: bytes) -> CavFile:
    """Read a file.

    Raises
    ------
    CavTypeError
        It is no map, or a value has another type than it must.
    CavKeyError
        The vector, the id or the layer is missing.
    CavFileError
        It is cut short, damaged, or claims to be larger than any concept.
    """
    if len(data) > MOST_BYTES:
        raise CavFileError(f"It has {len(data):,} bytes, and a .cav file has at most {MOST_BYTES:,}.")
    try:
        kept, values = _entries(data)
    except (msgpack.OutOfData, msgpack.FormatError, msgpack.StackError, ValueError, TypeError, OverflowError) as error:
        if isinstance(error, CavFileError):
            raise
        why = (
            "it is cut short"
            if isinstance(error, msgpack.OutOfData)
            else f"it is damaged ({str(error) or 'no MessagePack'})"
        )
        raise CavFileError(
            f"This is no .cav file that can be read: {why}. Export it again where it came from."
        ) from error
    return from_values(values, kept)


def from_values(values: Mapping[str, Any], kept: Mapping[str, bytes] | None = None) -> CavFile:
    """What stands in a file, from its entries.

    Raises
    ------
    CavTypeError, CavKeyError, CavFileError
        See `read`.
    """
    for key in _REQUIRED:
        if key not in values:
            raise CavKeyError(f"The .cav file has no {key!r}; it has {', '.join(map(repr, values)) or 'nothing'}.")
    metadata = values.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise CavTypeError(f"'metadata' of the .cav file must be a map, and is {type(metadata).__name__}.")
    others = {key: value for key, value in values.items() if key not in (*_REQUIRED, "metadata")}
    return CavFile(
        _id(values["id"]), _vector(values["vector"]), _layer(values["model_layer"]), metadata, others, kept or {}
    )


def _entries(data: bytes) -> tuple[dict[str, bytes], dict[str, Any]]:
    """Each entry of the map as bytes and as a value."""
    unpacker = msgpack.Unpacker(
        max_buffer_size=MOST_BYTES,
        max_str_len=_MOST_TEXT,
        max_bin_len=MOST_BYTES,
        max_array_len=MOST_VALUES,
        max_map_len=MOST_VALUES,
        max_ext_len=MOST_BYTES,
        strict_map_key=False,
    )
    unpacker.feed(data)
    if not data:
        raise CavFileError("The .cav file is empty (0 bytes).")
    if not (0x80 <= data[0] <= 0x8F or data[0] in (0xDE, 0xDF)):
        raise CavTypeError(f"A .cav file is a MessagePack map, and this begins with byte 0x{data[0]:02x}.")
    kept: dict[str, bytes] = {}
    values: dict[str, Any] = {}
    for _ in range(unpacker.read_map_header()):
        start = unpacker.tell()
        key = unpacker.unpack()
        if not isinstance(key, str) or key in kept:
            raise CavTypeError(f"Keys of a .cav file are different texts, and one is {key!r:.40}.")
        values[key] = unpacker.unpack()
        kept[key] = data[start : unpacker.tell()]
    if unpacker.tell() != len(data):
        raise CavFileError(f"{len(data) - unpacker.tell():,} bytes follow the end of the .cav file.")
    return kept, values


def _id(value: Any) -> UUID:
    try:
        return UUID(value)
    except (TypeError, ValueError, AttributeError) as error:
        raise CavTypeError(f"'id' of the .cav file must be a UUID, and is {value!r:.60}.") from error


def _layer(value: Any) -> str:
    if not isinstance(value, str) or not value or len(value) > 200:
        raise CavTypeError(f"'model_layer' of the .cav file must be a name, and is {value!r:.60}.")
    return value


def _vector(value: Any) -> Float32:
    if not isinstance(value, list) or not value:
        raise CavTypeError(f"'vector' of the .cav file must be a list of numbers, and is {value!r:.60}.")
    wrong = next((at for at, one in enumerate(value) if type(one) not in (float, int)), None)
    if wrong is not None:
        raise CavTypeError(
            f"'vector' of the .cav file must hold numbers only, and has {value[wrong]!r:.40} at {wrong}."
        )
    with np.errstate(over="ignore"):
        vector = np.array(value, np.float64).astype(np.float32)
    if not np.isfinite(vector).all():
        at = int(np.flatnonzero(~np.isfinite(vector))[0])
        raise CavFileError(f"'vector' of the .cav file must be finite, and has {vector[at]} at {at}.")
    if not vector.any():
        raise CavFileError("'vector' of the .cav file is all zeros: it points nowhere.")
    return vector


def write(content: CavFile) -> bytes:
    """The bytes of a file: entries in their order, floats in single precision; what was read keeps its bytes."""
    values: dict[str, Any] = {
        "vector": content.vector.tolist(),
        "id": str(content.id),
        "model_layer": content.model_layer,
        **({} if content.metadata is None else {"metadata": dict(content.metadata)}),
        **content.extra,
    }
    order = [key for key in content.kept if key in values] + [key for key in values if key not in content.kept]
    parts = [msgpack.Packer().pack_map_header(len(order))]
    parts += [content.kept.get(key) or _packed(key) + _packed(values[key]) for key in order]
    return b"".join(parts)


def _packed(value: Any) -> bytes:
    try:
        return bytes(msgpack.packb(value, use_single_float=True))
    except OverflowError:  # a number beyond single precision
        return bytes(msgpack.packb(value))


def changed(content: CavFile, **entries: Any) -> CavFile:
    """The same with other entries, "vector", "metadata" or others; those keep their place and lose their old bytes."""
    known = (*_REQUIRED, "metadata")
    fields = {key: value for key, value in entries.items() if key in known}
    extra = {**content.extra, **{key: value for key, value in entries.items() if key not in known}}
    kept = {key: data for key, data in content.kept.items() if key not in entries}
    return replace(content, **fields, extra=extra, kept=kept)
