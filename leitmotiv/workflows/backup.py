"""A library in one file, and a library from one."""

from pathlib import Path

from leitmotiv.settings import Settings
from leitmotiv.store import backups
from leitmotiv.workflows.places import outside_photos
from leitmotiv.workflows.progress import Pace, Report
from leitmotiv.workflows.session import Session


def backup(session: Session, target: Path, *, arrays: bool = True, report: Report | None = None) -> int:
    """Write the library into one file outside of the photos; returns its size in bytes."""
    outside_photos(session, target)
    return backups.write(session.library, target, arrays=arrays, progress=_told("Writing the backup", report))


def restore(settings: Settings, source: Path, report: Report | None = None) -> int:
    """Make the library of these settings from a backup; returns how many pictures it has."""
    backups.restore(source, settings.library, progress=_told("Restoring", report))
    with Session(settings, create=False) as session:
        return session.library.images.count()


def _told(phase: str, report: Report | None) -> backups.Progress | None:
    if report is None:
        return None
    pace = Pace()
    return lambda done, total: report(pace.step(phase, done, total))
