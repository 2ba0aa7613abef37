"""How values are said to a person: dates, counts, sizes, durations; it decides nothing else."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

from markupsafe import Markup

from leitmotiv.records import Image, Job, Taken

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
THIN = "\N{NARROW NO-BREAK SPACE}"


def count(value: int) -> str:
    """12406 as "12,406"."""
    return f"{value:,}"


def pictures(value: int) -> str:
    """1 as "1 picture", 12406 as "12,406 pictures"."""
    return f"{value:,} picture{'' if value == 1 else 's'}"


def stars(value: int) -> str:
    """0 as "no stars", 1 as "1 star"."""
    return f"{value} star{'' if value == 1 else 's'}" if value else "no stars"


def likeness(by: float) -> str:
    """What counts as alike: 0 as "by look", 1 as "by subject", between as "60 % look, 40 % subject"."""
    if by in (0, 1):
        return "by subject" if by else "by look"
    return f"{round(100 * (1 - by))} % look, {round(100 * by)} % subject"


def day(text: str) -> str:
    """As "14 June 2025" for 2025-06-14, "June 2025" for 2025-06, "2025" for 2025."""
    year, *rest = text.split("-")
    if not rest:
        return year
    name = MONTHS[int(rest[0]) - 1]
    return f"{name} {year}" if len(rest) == 1 else f"{int(rest[1])} {name} {year}"


def span(days: Sequence[tuple[str, int]]) -> str:
    """The years of days, newest first, as "2012–2025"."""
    if not days:
        return ""
    first, last = days[-1][0][:4], days[0][0][:4]
    return last if first == last else f"{first}–{last}"


def moment(at: datetime) -> str:
    """A time of the day as "14 June 2025, 18:32"."""
    return f"{day(at.date().isoformat())}, {at:%H:%M}"


def lately(at: datetime, today: date) -> str:
    """A moment near today: "today, 09:12", "yesterday, 23:40", else with its date."""
    local = at.astimezone() if at.tzinfo else at
    days = (today - local.date()).days
    name = {0: "today", 1: "yesterday"}.get(days, day(local.date().isoformat()))
    return f"{name}, {local:%H:%M}"


def known_from(taken: Taken) -> str:
    """How the time of a picture is known."""
    return "from the camera" if taken.source == "exif" else "the file’s own date; it holds no capture time"


def size(count_of_bytes: int) -> str:
    """Bytes as "14.2 MB"."""
    value = float(count_of_bytes)
    for unit in ("bytes", "kB", "MB", "GB"):
        if value < 1000:
            return f"{value:.0f}{THIN}{unit}" if unit == "bytes" or value >= 100 else f"{value:.1f}{THIN}{unit}"
        value /= 1000
    return f"{value:.1f}{THIN}TB"


def duration(seconds: float) -> str:
    """Seconds left, no finer than one would plan by: "about 1 min 45 s"."""
    if seconds < 1:
        return "a moment"
    if seconds < 60:
        return f"about {seconds:.0f}{THIN}s"
    minutes = round(seconds / 60, 2)
    if minutes < 10:
        whole, rest = divmod(round(seconds / 5) * 5, 60)
        return f"about {whole}{THIN}min {rest}{THIN}s" if rest else f"about {whole}{THIN}min"
    if minutes < 90:
        return f"about {minutes:.0f}{THIN}min"
    return f"about {minutes / 60:.1f}{THIN}h"


def share(value: float) -> str:
    """0.243 as "24 %"; what is there but rounds to nothing as "<1 %"."""
    if 0 < value < 0.005:
        return f"<1{THIN}%"
    return f"{value * 100:.0f}{THIN}%"


def percent(job: Job) -> int:
    """How much of the phase in hand is done, 0 to 100, rounded down."""
    return min(100, job.done * 100 // job.total) if job.total > 0 else 0


def progress(job: Job) -> str:
    """Where a job is: "9,180 of 12,406 · 31 a second · about 1 min 45 s left"."""
    if job.state == "queued":
        return "waiting for its turn"
    if job.wish:
        return f"{'ending' if job.wish == 'cancel' else 'resting'} after what is in hand"
    if job.state == "paused":
        return f"rests at {job.done:,} of {job.total:,}" if job.total else "rests"
    if not job.total:
        return count(job.done) if job.done else "counting"
    parts = [f"{job.done:,} of {job.total:,}"]
    if job.rate > 0:
        parts.append(f"{job.rate:,.0f} a second" if job.rate >= 10 else f"{job.rate:.1f} a second")
    parts.append("estimating" if job.remaining is None else f"{duration(job.remaining)} left")
    return " · ".join(parts)


def outcome(job: Job) -> str:
    """What a finished job did: "800 files, about 25 s"."""
    took = duration((job.finished - job.started).total_seconds()) if job.finished else ""
    files = f"{job.done:,} file{'' if job.done == 1 else 's'}" if job.kind == "add" and job.done else ""
    return ", ".join(part for part in (files, took) if part)


def home(path: str) -> str:
    """A path with the home folder as "~"."""
    try:
        return str(Path("~") / Path(path).relative_to(Path.home()))
    except (ValueError, RuntimeError):
        return path


def breakable(path: str) -> Markup:
    """A path that may be broken after each slash, and is copied without a break."""
    return Markup("/<wbr>").join(path.split("/"))


def place(image: Image) -> str:
    """Where a picture stands among all by date, as text that sorts like them: its camera's own clock, then its id."""
    return f"{image.taken.at.replace(tzinfo=None).isoformat()} {image.id}"


def alternative(image: Image) -> str:
    """What stands for a picture where it is not seen."""
    return f"{image.name}, {day(image.taken.at.date().isoformat())}"
