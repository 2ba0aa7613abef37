"""Harmony of colours as rated themes taught it here, kept when they are imported, and shown as a bar of pictures."""

import io
import json
import zipfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime

import numpy as np

from leitmotiv.analysis import theme_harmony
from leitmotiv.analysis.theme_harmony import Harmony
from leitmotiv.errors import NotFoundError
from leitmotiv.records import Pixels, RatedItem
from leitmotiv.workflows.memory import remember
from leitmotiv.workflows.session import Session

KIND, NAME = "harmony", "themes"
STARS = 5
_PARTS = ("weights", "centre", "scale", "level")


def learn(session: Session, name: str, items: Sequence[RatedItem]) -> str:
    """Learn harmony from a set of themes and keep it; what came of it, in a line."""
    rated = [item for item in items if "colours" in item.facts and item.votes]
    colours = np.array([item.facts["colours"] for item in rated], float).reshape(len(rated), -1, 3)
    stars = np.array([np.mean([value for _, value in item.votes]) for item in rated])
    votes = np.array([len(item.votes) for item in rated], float)
    try:
        learnt, found = theme_harmony.learn(colours, stars, votes, [item.key for item in rated])
    except ValueError as error:
        return f"harmony of colours was not learnt: {error}"
    card = {
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "set": name,
        "themes": len(rated),
        "votes": int(votes.sum()),
        "srcc": {"value": found.value, "low": found.low, "high": found.high, "baseline": 0.0},
    }
    told = json.dumps(card, indent=2).encode() + b"\n"
    out = io.BytesIO()
    np.savez(
        out, allow_pickle=False, card=np.frombuffer(told, np.uint8), **{one: getattr(learnt, one) for one in _PARTS}
    )
    session.library.models.put(KIND, NAME, out.getvalue(), told)
    return (
        f"harmony of colours learnt: rank correlation {found.value:.2f} [{found.low:.2f}, {found.high:.2f}] with the "
        "stars of themes held out, 0 for saying the same of all"
    )


def learnt(session: Session) -> tuple[Harmony, int] | None:
    """The harmony that was learnt last, and from how many themes; None where there is none that can be read."""
    models = session.library.models
    stamp = models.stamp(KIND, NAME)
    if not any(stamp):
        return None
    with suppress(NotFoundError, OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        return remember(session, ("harmony", stamp), lambda: _read(models.get(KIND, NAME)))
    return None


def bar(session: Session, pixels: Pixels) -> tuple[str, str, float] | None:
    """How harmonious a picture's main colours are, in words, as text and as a share; None where nothing was learnt."""
    found = learnt(session)
    if found is None:
        return None
    harmony, themes = found
    stars = float(np.clip(theme_harmony.score(harmony, theme_harmony.main_colours(pixels)[None])[0], 1, STARS))
    return f"Harmony, by {themes:,} themes", f"{stars:.1f} of {STARS}", (stars - 1) / (STARS - 1)


def _read(data: bytes) -> tuple[Harmony, int]:
    with np.load(io.BytesIO(data), allow_pickle=False) as file:
        weights, centre, scale, level = (file[one] for one in _PARTS)
        themes = int(json.loads(file["card"].tobytes())["themes"])
    return Harmony(weights, centre, scale, float(level)), themes
