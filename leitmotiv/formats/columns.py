"""Arrays for researchers: one compressed file of numpy's, or Parquet tables, each with where its numbers come from."""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

import numpy as np
from numpy.typing import NDArray

from leitmotiv.errors import MissingExtraError
from leitmotiv.records import Mixture

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Study:
    """What is exported of N pictures.

    Attributes
    ----------
    ids : tuple of str
    facts : mapping of str to sequence
        Columns about the pictures, length N each: name, width, taken, stars…
    mixtures : tuple of Mixture
    divergences : (N, N) float32 or None
        Nats; NaN for a pair that was not compared. None where only neighbours were.
    pairs : tuple of (P, 2) int64 and (P,) float32, or None
        Rows of pairs that were compared, and their divergences in nats.
    vectors : (N, D) int16 or None
        Of the embedding, where the library has one.
    origin : mapping
        Version, settings, seed, units: everything that the numbers depend on.
    """

    ids: tuple[str, ...]
    facts: Mapping[str, Sequence[Any]]
    mixtures: tuple[Mixture, ...]
    divergences: NDArray[np.float32] | None
    pairs: tuple[NDArray[np.int64], NDArray[np.float32]] | None
    vectors: NDArray[np.int16] | None
    origin: Mapping[str, Any]


def ragged(mixtures: Sequence[Mixture]) -> dict[str, NDArray[Any]]:
    """Mixtures one after the other.

    Returns
    -------
    dict
        ``offsets`` (N + 1,) int64: picture n has the components offsets[n] to offsets[n + 1]; ``weights`` (C,),
        ``means`` (C, 5), ``cholesky`` (C, 5, 5) in the picture's scaled space; ``shift`` (N, 5), ``scale`` (N, 5),
        ``aspect`` (N,). A raw point is shift + scale * z.
    """
    return {
        "offsets": np.concatenate([[0], np.cumsum([len(one) for one in mixtures])]).astype(np.int64),
        "weights": _joined([one.weights for one in mixtures], (0,)),
        "means": _joined([one.means for one in mixtures], (0, 5)),
        "cholesky": _joined([one.cholesky for one in mixtures], (0, 5, 5)),
        "shift": _stacked([one.shift for one in mixtures]),
        "scale": _stacked([one.scale for one in mixtures]),
        "aspect": np.array([one.aspect for one in mixtures], np.float64),
    }


def _joined(parts: Sequence[NDArray[Any]], empty: tuple[int, ...]) -> NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(empty)


def _stacked(parts: Sequence[NDArray[Any]]) -> NDArray[Any]:
    return np.stack(parts) if parts else np.zeros((0, 5))


def npz(study: Study) -> bytes:
    """A compressed .npz; text is unicode arrays, and `origin` is a JSON text. Nothing in it needs pickle."""
    arrays: dict[str, Any] = {"ids": np.array(study.ids, "U64"), **ragged(study.mixtures)}
    arrays |= {f"fact_{name}": np.array(values) for name, values in study.facts.items()}
    if study.divergences is not None:
        arrays["divergences"] = study.divergences
    if study.pairs is not None:
        arrays["pairs"], arrays["pair_divergences"] = study.pairs
    if study.vectors is not None:
        arrays["vectors"] = study.vectors
    arrays["origin"] = np.array(json.dumps(study.origin, default=str))
    out = io.BytesIO()
    np.savez_compressed(out, allow_pickle=False, **arrays)
    return out.getvalue()


def require_parquet() -> None:
    """Fail now, not after the work, where Parquet cannot be written.

    Raises
    ------
    MissingExtraError
        pyarrow is not installed.
    """
    if find_spec("pyarrow") is None:
        raise MissingExtraError("Parquet needs pyarrow: pip install 'leitmotiv[parquet]'.")


def parquet(study: Study) -> dict[str, bytes]:
    """Parquet files by name: ``pictures``, one row each with its mixture as nested lists, and ``pairs``.

    Raises
    ------
    MissingExtraError
        pyarrow is not installed.
    """
    require_parquet()
    import pyarrow
    import pyarrow.parquet

    def written(columns: Mapping[str, Any]) -> bytes:
        table = pyarrow.table(columns)
        origin = json.dumps(study.origin, default=str).encode()
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), b"leitmotiv": origin})
        out = io.BytesIO()
        pyarrow.parquet.write_table(table, out, compression="zstd")
        return out.getvalue()

    pictures: dict[str, Any] = {"id": list(study.ids), **{name: list(values) for name, values in study.facts.items()}}
    for name in ("weights", "means", "cholesky", "shift", "scale"):
        pictures[name] = [getattr(one, name).tolist() for one in study.mixtures]
    pictures["aspect"] = [one.aspect for one in study.mixtures]
    if study.vectors is not None:
        pictures["vector"] = study.vectors.tolist()
    files = {"pictures.parquet": written(pictures)}
    rows, values = _pairs(study)
    if len(values):
        known = np.isfinite(values)
        names = pyarrow.array(study.ids)
        one, other = (pyarrow.DictionaryArray.from_arrays(rows[known, side].astype(np.int32), names) for side in (0, 1))
        files["pairs.parquet"] = written({"a": one, "b": other, "divergence": values[known]})
    return files


def _pairs(study: Study) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    if study.divergences is not None:
        one, other = np.triu_indices(len(study.ids), 1)
        return np.stack([one, other], axis=1), study.divergences[one, other]
    return study.pairs or (np.zeros((0, 2), np.int64), np.zeros(0, np.float32))
