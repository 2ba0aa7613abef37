"""What pages write out: one file for each wish, kept in the library's own folder until it is removed."""

import os
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from leitmotiv.errors import UsageError
from leitmotiv.formats.columns import require_parquet
from leitmotiv.store.exports import ExportFile
from leitmotiv.workflows import copying, export, sidecars
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.selecting import DEFAULT_SORT, select
from leitmotiv.workflows.session import Session

KINDS: Mapping[str, str] = {
    "csv": "Table (CSV)",
    "jsonl": "Table (JSON Lines)",
    "paths": "List of paths",
    "png": "Contact sheet (PNG)",
    "svg": "Contact sheet (SVG)",
    "site": "Site of the trends",
    "pictures": "Pictures by trend",
    "xmp": "Sidecars (XMP)",
    "npz": "Arrays (numpy)",
    "parquet": "Arrays (Parquet)",
}
"""What there is to write out, and its name."""
OPTIONS: Mapping[str, Mapping[str, type]] = {
    "csv": {"paths": bool},
    "jsonl": {"paths": bool},
    "paths": {},
    "png": {"plain": bool, "captions": bool, "light": bool},
    "svg": {"plain": bool, "captions": bool, "light": bool},
    "site": {"title": str, "names": bool},
    "pictures": {"by": str, "keep_place": bool},
    "xmp": {"trends": bool},
    "npz": {"paths": bool},
    "parquet": {"paths": bool},
}
"""What each of them lets one choose."""
_WORDS = {
    "csv": "table",
    "jsonl": "table",
    "png": "sheet",
    "svg": "sheet",
    "xmp": "sidecars",
    "npz": "arrays",
    "parquet": "arrays",
}
QUICK = frozenset({"csv", "jsonl", "paths", "xmp"})
AT_ONCE = 200
"""Most pictures that a page waits for itself, where it is not only a table."""
BY = ("trend", "year", "month", "nothing")


def make(session: Session, parameters: Mapping[str, Any], report: Report | None = None) -> ExportFile:
    """Write one file.

    Parameters
    ----------
    parameters : mapping
        ``kind``, and optionally ``q``, ``sort`` and the `OPTIONS` of that kind.

    Raises
    ------
    UsageError
        A kind or an option that there is not, or no picture fits.
    """
    kind, options = checked(parameters)
    ids = select(session, str(parameters.get("q", "")), sort=str(parameters.get("sort", DEFAULT_SORT)))
    if not ids:
        raise UsageError("No picture fits, so there is nothing to write out.")
    stem = f"leitmotiv {date.today().isoformat()} {_WORDS.get(kind, kind)}"
    return _WRITERS[kind](session, ids, stem, options, report)


def is_long(session: Session, parameters: Mapping[str, Any]) -> bool:
    """Whether a page had better queue it than wait for it."""
    kind, _ = checked(parameters)
    if kind in QUICK:
        return False
    return len(select(session, str(parameters.get("q", "")))) > AT_ONCE


def check(session: Session, parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Look at what a page asks the queue for; its title, and the parameters as they are."""
    kind, _ = checked(parameters)
    if kind == "parquet":
        require_parquet()
    select(session, str(parameters.get("q", "")), sort=str(parameters.get("sort", DEFAULT_SORT)))
    return KINDS[kind], dict(parameters)


def work(session: Session, parameters: Mapping[str, Any], report: Report) -> str:
    """Write one file, as the queue does it; the name of the file."""
    return make(session, parameters, report).name


def checked(parameters: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The kind and its options.

    Raises
    ------
    UsageError
        A kind or an option that there is not, or one of another kind of value.
    """
    kind = str(parameters.get("kind"))
    if kind not in KINDS:
        raise UsageError(f"kind is {kind!r}, but must be {', '.join(KINDS)}.")
    options = {name: value for name, value in parameters.items() if name not in ("kind", "q", "sort")}
    for name, value in options.items():
        if name not in OPTIONS[kind]:
            raise UsageError(f"{kind} has no option {name!r}; it has {', '.join(OPTIONS[kind]) or 'none'}.")
        if not isinstance(value, OPTIONS[kind][name]):
            raise UsageError(
                f"{name} is {value!r}, but must be {'text' if OPTIONS[kind][name] is str else 'true or false'}."
            )
    if options.get("by", "trend") not in BY:
        raise UsageError(f"by is {options['by']!r}, but must be {' or '.join(BY)}.")
    return kind, options


Writer = Callable[[Session, Sequence[str], str, Mapping[str, Any], Report | None], ExportFile]


def _table(session: Session, ids: Sequence[str], stem: str, options: Mapping[str, Any], kind: Any) -> ExportFile:
    return session.library.exports.put(stem, f".{kind}", export.table(session, ids, kind, **options))


def _paths(session: Session, ids: Sequence[str], stem: str, options: Mapping[str, Any], _: Report | None) -> ExportFile:
    return session.library.exports.put(stem, ".txt", export.path_list(session, ids))


def _sheet(kind: Any) -> Writer:
    def write(
        session: Session, ids: Sequence[str], stem: str, options: Mapping[str, Any], report: Report | None
    ) -> ExportFile:
        pages = export.sheet(
            session,
            ids,
            kind,
            by_trend=not options.get("plain", False),
            captions=options.get("captions", True),
            dark=not options.get("light", False),
            report=report,
        )
        if len(pages) == 1:
            return session.library.exports.put(stem, f".{kind}", pages)
        return _zipped(session, stem, {f"sheet-{number}.{kind}": page for number, page in enumerate(pages, 1)})

    return write


def _zipped(session: Session, stem: str, files: Mapping[str, bytes]) -> ExportFile:
    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)

    return session.library.exports.put(stem, ".zip", write)


def _arrays(kind: Any) -> Writer:
    def write(
        session: Session, ids: Sequence[str], stem: str, options: Mapping[str, Any], report: Report | None
    ) -> ExportFile:
        files = export.arrays(session, ids, kind, **options)
        if kind == "npz":
            return session.library.exports.put(stem, ".npz", files.values())
        return _zipped(session, stem, files)

    return write


def _site(
    session: Session, ids: Sequence[str], stem: str, options: Mapping[str, Any], report: Report | None
) -> ExportFile:
    return session.library.exports.put(stem, ".zip", [export.static_site(session, ids, **options, report=report)])


def _pictures(
    session: Session, ids: Sequence[str], stem: str, options: Mapping[str, Any], report: Report | None
) -> ExportFile:
    plans, pace = copying.plan(session, ids, options.get("by", "trend")), Pace()
    left: list[str] = []

    def write(path: Path) -> None:
        with zipfile.ZipFile(path, "x", zipfile.ZIP_STORED, allowZip64=True) as archive:
            for done, one in enumerate(plans):
                if report is not None:
                    report(pace.step("Writing pictures", done, len(plans), current=one.target, failures=len(left)))
                data = _read(one, options.get("keep_place", False))
                if isinstance(data, str):
                    left.append(f"{one.target}: {data}")
                else:
                    archive.writestr(one.target, data)
            if left:
                archive.writestr("NOT HERE.txt", "\n".join(left) + "\n")

    return session.library.exports.put(stem, ".zip", write)


def _read(one: copying.Copy, keep_place: bool) -> bytes | str:
    """A picture's file, or why it does not come along."""
    if one.source is None:
        return "its file is gone or on a drive that is away"
    try:
        data = Path(os.fsdecode(one.source)).read_bytes()
    except OSError as error:
        return error.strerror or str(error)
    clean = data if keep_place else copying.placeless(data, one.source)
    return "the place where it was taken cannot be taken out of it" if clean is None else clean


def _xmp(
    session: Session, ids: Sequence[str], stem: str, options: Mapping[str, Any], report: Report | None
) -> ExportFile:
    root = session.library.folder / "exports" / "sidecars"  # only named: the files go into the zip
    plans = sidecars.plan(session, ids, to=root, naming="full", trends=options.get("trends", False), report=report)
    files = {Path(os.fsdecode(one.path)).name: one.data for one in plans if one.action == "new"}
    if not files:
        raise UsageError("None of these pictures is rated, so there is nothing to say in sidecars.")
    names = {name.encode("utf-8", "replace").decode(): data for name, data in files.items()}
    return _zipped(session, stem, names)


_WRITERS: Mapping[str, Writer] = {
    "csv": lambda session, ids, stem, options, _: _table(session, ids, stem, options, "csv"),
    "jsonl": lambda session, ids, stem, options, _: _table(session, ids, stem, options, "jsonl"),
    "paths": _paths,
    "png": _sheet("png"),
    "svg": _sheet("svg"),
    "site": _site,
    "pictures": _pictures,
    "xmp": _xmp,
    "npz": _arrays("npz"),
    "parquet": _arrays("parquet"),
}


def listed(session: Session) -> list[ExportFile]:
    """The files that were written out, newest first."""
    return session.library.exports.list()


def path(session: Session, name: str) -> Path:
    """Where one of them lies.

    Raises
    ------
    UsageError
        There is none of this name.
    """
    return session.library.exports.path(name)


def remove(session: Session, name: str) -> None:
    """Remove one of them.

    Raises
    ------
    UsageError
        There is none of this name.
    """
    session.library.exports.remove(name)
