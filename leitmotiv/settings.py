"""Settings: one frozen value, and the only reader of the configuration files and of LEITMOTIV_*."""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, Literal, get_args

import platformdirs

from leitmotiv.errors import SettingsError

PREFIX = "LEITMOTIV_"
ELSEWHERE = frozenset({"CACHE", "CONFIG", "LANES", "CHROMIUM"})
"""Names after `PREFIX` that are no settings: read by the kernels, by `load` itself, and by the tests."""
ColourSpace = Literal["lab", "rgb", "yuv"]
Spaces = Literal["both", "centred", "common"]
Correction = Literal["relative", "none"]
Seeing = Literal["index", "need"]
Words = Literal["auto", "minilm", "wordllama"]


@dataclass(frozen=True)
class Settings:
    """Everything a person can choose; each field is documented in docs/settings.md.

    Attributes
    ----------
    library : Path
        The library folder.
    working_size : int
        Longest side at which a picture is looked at, pixels.
    blur : float
        Sigma of the Gaussian blur before sampling, as a share of the longest side.
    samples : int
        (x, y, colour) samples a picture; all pixels where there are fewer.
    components : int
        Most components a mixture may have; how many survive the data decide.
    alpha : float
        Dirichlet concentration of each component.
    points : int
        Points per picture and space at which divergences are estimated.
    smoothing : float
        h: h² I is added to every covariance in the shared spaces.
    spaces : str
        Over which shared spaces the divergence is taken: "both", "centred" or "common".
    correction : str
        For pictures that are near everything: "relative" or "none".
    limit : int
        Most pictures for which all pairwise divergences are computed and kept; above, only those with candidates.
    activations : str
        When the backbone sees new pictures: after each "index", or when there is first "need" of it.
    words : str
        What turns words into vectors: "minilm", "wordllama", or "auto", the better of those that are installed.
    space : str
        The space learnt from captions that searches use in a library that chose none itself; or "untrained".
    allowed_hosts : tuple of str
        Names beside its own that the server answers to.
    allowed_folders : tuple of Path
        Folders from which pages may add pictures, and into which they may write.
    max_upload_megabytes : float
        Largest file that a page may send.
    executor : str
        Who reads and compares pictures: "local", this machine, or "dask://host:port", the workers of a cluster;
        "dask+tls://host:port" where its connections are encrypted.
    workers : int
        Processes that read pictures, and threads that compute divergences; 0 means one for each core.
    """

    library: Path = field(default_factory=lambda: Path(platformdirs.user_data_dir("leitmotiv", False)) / "library")
    colour_space: ColourSpace = "lab"
    working_size: int = 512
    blur: float = 0.006
    samples: int = 5000
    components: int = 50
    alpha: float = 0.01
    seed: int = 0
    points: int = 240
    smoothing: float = 0.3
    spaces: Spaces = "both"
    correction: Correction = "relative"
    limit: int = 5000
    activations: Seeing = "index"
    words: Words = "auto"
    space: str = "untrained"
    max_megapixels: float = 300.0
    executor: str = "local"
    workers: int = 0
    host: str = "127.0.0.1"
    port: int = 5000
    allowed_hosts: tuple[str, ...] = ()
    allowed_folders: tuple[Path, ...] = ()
    max_upload_megabytes: float = 50.0
    origins: Mapping[str, str] = field(default_factory=dict, compare=False, repr=False)

    def __post_init__(self) -> None:
        for name, low, high in _BOUNDS:
            value = getattr(self, name)
            if not low <= value <= high:
                origin = self.origins.get(name, "the default")
                raise SettingsError(f"{name} is {value} (from {origin}), but must lie between {low} and {high}.")
        for name, kind in _CHOICES.items():
            value, choices = getattr(self, name), get_args(kind)
            if value not in choices:
                allowed = f"{', '.join(choices[:-1])} or {choices[-1]}"
                raise SettingsError(f"{name} is {value!r}, but must be {allowed}.")

        if self.executor != "local" and not re.fullmatch(r"dask(\+tls)?://[^/\s]+:\d+", self.executor):
            raise SettingsError(
                f"executor is {self.executor!r}, but must be local, dask://HOST:PORT or dask+tls://HOST:PORT."
            )

    @property
    def cores(self) -> int:
        """How many processes or threads to use, at least 1."""
        if self.workers:
            return self.workers
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_BOUNDS: tuple[tuple[str, float, float], ...] = (
    ("working_size", 16, 4096),
    ("blur", 0.0, 0.1),
    ("samples", 10, 1_000_000),
    ("components", 1, 1000),
    ("alpha", 1e-9, 1e3),
    ("seed", 0, 2**32 - 1),
    ("points", 48, 100_000),
    ("smoothing", 0.0, 10.0),
    ("limit", 2, 50_000),
    ("max_megapixels", 0.001, 100_000),
    ("workers", 0, 1024),
    ("port", 0, 65535),
    ("max_upload_megabytes", 0.001, 60),
)


_CHOICES: dict[str, Any] = {
    "colour_space": ColourSpace,
    "spaces": Spaces,
    "correction": Correction,
    "activations": Seeing,
    "words": Words,
}


def user_file() -> Path:
    """Where the configuration file of this user lies, whether or not it exists."""
    return Path(platformdirs.user_config_dir("leitmotiv", False)) / "config.toml"


def cache_folder(environ: Mapping[str, str]) -> Path:
    """Where this user keeps what can be made again: compiled kernels, graphs of networks."""
    return Path(environ.get(PREFIX + "CACHE") or platformdirs.user_cache_dir("leitmotiv", False))


def load(
    overrides: Mapping[str, Any],
    *,
    environ: Mapping[str, str],
    config: Path | None = None,
) -> Settings:
    """Settings from, in falling precedence: `overrides`, LEITMOTIV_*, the configuration file, the defaults.

    Parameters
    ----------
    overrides : mapping
        From the command line; None means not given.
    environ : mapping
        Usually `os.environ`.
    config : Path, optional
        A file named by the person (it must exist); else LEITMOTIV_CONFIG, else the user's own file, if any.

    Raises
    ------
    SettingsError
        A file that cannot be read, a name that is no setting, a value of the wrong kind or out of bounds.
    """
    values: dict[str, Any] = {}
    origins: dict[str, str] = {}
    named = config or (Path(environ[PREFIX + "CONFIG"]) if environ.get(PREFIX + "CONFIG") else None)
    path = named or user_file()
    if named is not None or path.is_file():
        for name, value in _read_file(path).items():
            values[name], origins[name] = _convert(name, value, str(path)), str(path)
    for key, text in environ.items():
        if key.startswith(PREFIX) and text and key.removeprefix(PREFIX) not in ELSEWHERE:
            name = key.removeprefix(PREFIX).lower()
            values[name], origins[name] = _convert(name, text, key), key
    for name, value in overrides.items():
        if value is not None:
            values[name], origins[name] = _convert(name, value, "the command line"), "the command line"
    return replace(Settings(), **values, origins=origins)


def _read_file(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"The configuration file {path} cannot be read: {error}.") from error


def _convert(name: str, value: Any, origin: str) -> Any:
    if name not in _FIELDS:
        near = get_close_matches(name, _FIELDS, 3)
        known = f"Did you mean {' or '.join(near)}?" if near else f"The settings are: {', '.join(sorted(_FIELDS))}."
        raise SettingsError(f"{origin} sets {name!r}, which is no setting. {known}")
    kind = _FIELDS[name]
    if kind is not bool and isinstance(value, bool):
        raise SettingsError(f"{name} is {value!r} in {origin}, but must be {_named(name)}.")
    try:
        if name in _LISTS:
            return tuple(_LISTS[name](part) for part in _parts(value))
        if kind is int and isinstance(value, float) and not value.is_integer():
            raise ValueError
        return _folder(value) if kind is Path else kind(value)
    except (TypeError, ValueError, OverflowError, RuntimeError) as error:
        raise SettingsError(f"{name} is {value!r} in {origin}, but must be {_named(name)}.") from error


def _folder(value: Any) -> Path:
    return Path(value).expanduser().absolute()


def _parts(value: Any) -> list[str]:
    """The entries of a list; in the environment they stand in one text, as those of PATH do."""
    if isinstance(value, str):
        return [part for part in value.split(os.pathsep) if part]
    if not isinstance(value, list | tuple) or not all(isinstance(part, str | Path) for part in value):
        raise TypeError
    return [str(part) for part in value]


def _named(name: str) -> str:
    """What a setting must be, in words."""
    return (
        f"a list of {'folders' if _LISTS[name] is _folder else 'texts'}"
        if name in _LISTS
        else f"a {_KINDS[_FIELDS[name]]}"
    )


_KINDS = {int: "whole number", float: "number", str: "text", Path: "folder"}
_KIND_OF: dict[Any, type] = {int: int, float: float, str: str, Path: Path}
_LISTS: dict[str, Any] = {"allowed_hosts": str, "allowed_folders": _folder}
_FIELDS: dict[str, Any] = {
    f.name: str if f.name in _CHOICES else list if f.name in _LISTS else _KIND_OF[f.type]
    for f in fields(Settings)
    if f.name != "origins"
}
