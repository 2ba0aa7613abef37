"""How kernels are compiled and where the result is kept; it holds no kernel of its own and never compiles in parallel.

Kernels release the interpreter's lock and run on one thread: whoever calls them may run several at once.
Compiled code lies in one folder, whose name is a digest of everything that it depends on: the source of all
kernels, the version of numba, the CPU and the number of lanes. numba itself looks only at the file of a kernel,
not at the kernels that it calls. It finds code again only for a file at the same path and of the same time of change,
so that these belong to the digest, too: else one installation would take what another compiled for its own.
"""

import atexit
import contextlib
import hashlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar, overload

import llvmlite.binding
import numba
import platformdirs
from numba import njit

Function = TypeVar("Function", bound=Callable[..., Any])

ANY_ORDER = frozenset({"reassoc", "contract", "nsz"})
"""Fast-math flags that let sums be reordered, so that plain loops over float64 become vector loops.

They promise nothing about NaN and infinity, which stay honest.
"""

_MARKER = "complete"
UNUSED_S = 60 * 86400
"""Seconds after which compiled code that nothing asked for is removed: of an older version, or of another machine."""
_FEATURES: dict[str, bool] = dict(llvmlite.binding.get_host_cpu_features())
_NAMES = {"avx512f": "AVX-512", "avx2": "AVX2", "avx": "AVX", "sse2": "SSE2"}


def _count_lanes() -> int:
    chosen = os.environ.get("LEITMOTIV_LANES")
    if chosen is not None:
        if chosen not in {"4", "8", "16"}:
            raise ValueError(f"LEITMOTIV_LANES is {chosen!r}, but must be 4, 8 or 16.")
        return int(chosen)
    if _FEATURES.get("avx512f"):
        return 16
    return 8 if _FEATURES.get("avx") else 4


LANES = _count_lanes()
"""float32 values in one vector register of this CPU; LEITMOTIV_LANES (4, 8 or 16) chooses another number."""

_ARM = platform.machine().lower() in {"aarch64", "arm64"}
INSTRUCTIONS = (
    "NEON" if _ARM else next((name for key, name in _NAMES.items() if _FEATURES.get(key)), "no vectors that we know")
)
"""The widest vector instructions of this CPU that the kernels are compiled for."""


def _digest() -> str:
    machine = (
        numba.__version__,
        llvmlite.__version__,
        platform.python_version(),
        platform.machine(),
        numba.config.CPU_NAME or llvmlite.binding.get_host_cpu_name(),
        numba.config.CPU_FEATURES or ",".join(sorted(name for name, has in _FEATURES.items() if has)),
        str(LANES),
    )
    digest = hashlib.sha256("\n".join(machine).encode())
    folder = Path(__file__).resolve().parent
    digest.update(os.fsencode(folder))
    for source in sorted(folder.glob("*.py")):
        digest.update(f"{source.name}\0{source.stat().st_mtime_ns}\0".encode() + source.read_bytes())
    return digest.hexdigest()[:20]


def _find_folder() -> Path:
    root = Path(os.environ.get("LEITMOTIV_CACHE") or platformdirs.user_cache_dir("leitmotiv", False))
    folder = root / f"kernels-{_digest()}"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        os.utime(folder)
        if os.access(folder, os.W_OK | os.X_OK):
            return folder
    return _make_temporary_folder() / folder.name


def _make_temporary_folder() -> Path:
    """Make a folder for this process and its children, which find it through the environment."""
    root = Path(tempfile.mkdtemp(prefix="leitmotiv-"))
    os.environ["LEITMOTIV_CACHE"] = str(root)
    owner = os.getpid()
    atexit.register(lambda: shutil.rmtree(root, ignore_errors=True) if os.getpid() == owner else None)
    return root


FOLDER = _find_folder()
"""Where the compiled kernels lie."""


@overload
def kernel(function: Function) -> Function: ...
@overload
def kernel(*, fastmath: frozenset[str]) -> Callable[[Function], Function]: ...
def kernel(function: Any = None, *, fastmath: frozenset[str] = frozenset()) -> Any:
    """Compile a function on its first call, and keep the result in `FOLDER`.

    Division follows IEEE 754 (no exception), indices are not checked, and the interpreter's lock is released.

    Parameters
    ----------
    function : callable
        Takes C-contiguous arrays and scalars; checks nothing.
    fastmath : frozenset of str
        LLVM's fast-math flags; `ANY_ORDER` or none.
    """
    if function is None:
        return lambda decorated: _compile(decorated, fastmath)
    return _compile(function, fastmath)


def _compile(function: Any, fastmath: frozenset[str]) -> Any:
    # numba looks at this setting once, when it decorates; other users of numba in this process keep their own.
    theirs, numba.config.CACHE_DIR = numba.config.CACHE_DIR, str(FOLDER)
    try:
        flags = set(fastmath) or False
        return njit(cache=True, nogil=True, error_model="numpy", boundscheck=False, fastmath=flags)(function)
    finally:
        numba.config.CACHE_DIR = theirs


def is_warm() -> bool:
    """Tell whether every kernel that is needed was compiled before, as `mark_warm` said."""
    return (FOLDER / _MARKER).is_file()


def mark_warm() -> None:
    """Note that every kernel that is needed is compiled, so that processes started from now on begin at once.

    What older versions left is removed then.
    """
    with contextlib.suppress(OSError):
        (FOLDER / _MARKER).touch()
        remove_unused(FOLDER.parent, time.time() - UNUSED_S)


def remove_unused(root: Path, since: float) -> None:
    """Remove the folders of compiled code under `root` that no process has used since a time, seconds since 1970."""
    for folder in root.glob("kernels-*"):
        with contextlib.suppress(OSError):
            if folder != FOLDER and folder.stat().st_mtime < since:
                shutil.rmtree(folder)
