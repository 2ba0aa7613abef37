"""Plans of what goes to the trash as files that people can read: their shape, reading and writing; it moves nothing."""

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from leitmotiv.errors import UsageError
from leitmotiv.store.library import Library
from leitmotiv.workflows.session import Session

SCHEMA = "leitmotiv.duplicates-plan/1"
FOLDER = "plans"


@dataclass(frozen=True)
class Action:
    """One file that goes, and the one that stays for it.

    Attributes
    ----------
    frees : int
        Bytes: 0 for a link, and for one of several names of the same data.
    merge : tuple of str
        What of the removed picture's own goes to the kept one, in words.
    """

    group: str
    kind: str
    image_id: str
    path: bytes
    size: int
    mtime_ns: int
    sha256: str
    keep_id: str
    keep_path: bytes
    frees: int = 0
    merge: tuple[str, ...] = ()


@dataclass(frozen=True)
class Plan:
    """What goes where.

    Attributes
    ----------
    skipped : tuple of (path, reason)
        Files that were to go, but stay.
    """

    id: str
    made: str
    library: str
    actions: tuple[Action, ...]
    skipped: tuple[tuple[bytes, str], ...] = ()

    @property
    def frees(self) -> int:
        """Bytes in all."""
        return sum(action.frees for action in self.actions)


def keep(library: Library, plan: Plan) -> Path:
    """Keep a plan beside the library, where the pages find it."""
    folder = library.folder / FOLDER
    folder.mkdir(exist_ok=True)
    path = folder / f"{plan.id}.json"
    write(plan, path)
    return path


def kept(session: Session, plan_id: str) -> Plan:
    """A plan that was kept.

    Raises
    ------
    UsageError
        There is none of this name.
    """
    if not re.fullmatch("[0-9a-f]{16}", plan_id):
        raise UsageError(f"{plan_id!r} is no plan: its name has 16 characters 0-9 a-f.")
    return read(session.library.folder / FOLDER / f"{plan_id}.json")


def write(plan: Plan, path: Path) -> None:
    """Write a plan as JSON.

    Raises
    ------
    UsageError
        The file cannot be written.
    """
    part = path.with_name(f"{path.name}.part")
    try:
        part.write_text(json.dumps(as_form(plan), indent=2, ensure_ascii=False), "utf-8")
        part.replace(path)
    except OSError as error:
        raise UsageError(f"The plan cannot be written to {path}: {error.strerror}.") from error


def read(path: Path) -> Plan:
    """Read a plan.

    Raises
    ------
    UsageError
        It is no plan, or one of a newer leitmotiv.
    """
    try:
        form = json.loads(path.read_text("utf-8"))
        if form["schema"] != SCHEMA:
            raise UsageError(f"{path} is a plan of another version ({form['schema']}); this one reads {SCHEMA}.")
        return Plan(
            id=_hex(form["id"], 16),
            made=str(form["made"]),
            library=str(form["library"]),
            actions=tuple(map(_as_action, form["actions"])),
            skipped=tuple((_path(one), str(one["reason"])) for one in form["skipped"]),
        )
    except OSError as error:
        raise UsageError(f"The plan {path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise UsageError(f"{path} is no plan of `leitmotiv duplicates --plan`: {error}.") from error


def _hex(value: object, length: int) -> str:
    if not isinstance(value, str) or not re.fullmatch(f"[0-9a-f]{{{length}}}", value):
        raise ValueError(f"{value!r} is not {length} characters 0-9 a-f")
    return value


def as_form(plan: Plan) -> dict[str, object]:
    """A plan in JSON."""
    return {
        "schema": SCHEMA,
        "id": plan.id,
        "made": plan.made,
        "library": plan.library,
        "frees": plan.frees,
        "actions": [
            {
                "group": action.group,
                "kind": action.kind,
                "remove": _path_form(action.path)
                | {
                    "id": action.image_id,
                    "size": action.size,
                    "mtime_ns": action.mtime_ns,
                    "sha256": action.sha256,
                },
                "keep": {"id": action.keep_id, **_path_form(action.keep_path)},
                "frees": action.frees,
                "merge": list(action.merge),
            }
            for action in plan.actions
        ],
        "skipped": [{**_path_form(path), "reason": reason} for path, reason in plan.skipped],
    }


def _path_form(path: bytes) -> dict[str, object]:
    text = path.decode("utf-8", "replace")
    form: dict[str, object] = {"path": text}
    if "\ufffd" in text:
        form["path_base64"] = base64.b64encode(path).decode()
    return form


def _path(form: Mapping[str, Any]) -> bytes:
    if "path_base64" in form:
        return base64.b64decode(form["path_base64"], validate=True)
    path = form["path"].encode("utf-8")
    return bytes(path)


def _as_action(form: Mapping[str, Any]) -> Action:
    removed, kept_ = form["remove"], form["keep"]
    return Action(
        group=str(form["group"]),
        kind=str(form["kind"]),
        image_id=_hex(removed["id"], 64),
        path=_path(removed),
        size=int(removed["size"]),
        mtime_ns=int(removed["mtime_ns"]),
        sha256=_hex(removed["sha256"], 64),
        keep_id=_hex(kept_["id"], 64),
        keep_path=_path(kept_),
        frees=int(form["frees"]),
        merge=tuple(map(str, form["merge"])),
    )
