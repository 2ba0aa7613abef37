"""A library in memory, in place of `leitmotiv.workflows.browse`: sixty small pictures in six looks, no mathematics."""

import hashlib
import io
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image as Pillow

from leitmotiv.errors import AmbiguousImageError, ImageNotFoundError, NoIndexError, UsageError
from leitmotiv.records import (
    Cluster,
    Ellipse,
    Failure,
    Image,
    Job,
    Mixture,
    Ranking,
    Rating,
    Result,
    Status,
    Swatch,
    Taken,
)
from leitmotiv.settings import Settings
from leitmotiv.workflows.filters import parse
from leitmotiv.workflows.grid import Tile
from leitmotiv.workflows.orders import Order, Section
from leitmotiv.workflows.portraits import Dates
from leitmotiv.workflows.viewing import Around, Listing

LOOKS = ((200, 60, 40), (40, 90, 200), (60, 150, 70), (220, 200, 90), (30, 30, 40), (150, 80, 170))
ODD_PATH = b"/photos/caf\xe9 <b>.jpg"


@dataclass
class FakeLibrary:
    """What `browse` answers, by the same names and arguments.

    Attributes
    ----------
    images_ : list of Image
        Newest first.
    looks : dict
        Image id to the number of its look.
    """

    settings: Settings
    images_: list[Image] = field(default_factory=list)
    looks: dict[str, int] = field(default_factory=dict)
    jobs_: list[Job] = field(default_factory=list)
    failures_: list[Failure] = field(default_factory=list)
    indexed: bool = True
    is_stale: bool = False

    @classmethod
    def of(cls, settings: Settings, count: int = 60) -> "FakeLibrary":
        """A library with `count` pictures, three a day."""
        made = cls(settings)
        start = datetime(2025, 6, 14, 18, 32)
        for number in range(count):
            path = ODD_PATH if number == 7 else f"/photos/p{number:03}.jpg".encode()
            image_id = hashlib.sha256(path).hexdigest()
            width, height = ((96, 64), (64, 96), (90, 90))[number % 3]
            look = number % len(LOOKS)
            made.images_.append(
                Image(
                    id=image_id,
                    paths=(path,),
                    width=width,
                    height=height,
                    taken=Taken(
                        start - timedelta(days=40 * (number // 3), minutes=number), "file" if number % 4 else "exif"
                    ),
                    format="JPEG",
                    size=1000 + number,
                    pixel_hash=image_id,
                    colour="#{:02x}{:02x}{:02x}".format(*LOOKS[look]),
                    added=start,
                    facts={"Camera": "Maker <Model>"},
                )
            )
            made.looks[image_id] = look
        return made

    # ---- what browse has, in its order ----

    def images(self, session: Any, *, limit: int = 200, cursor: str | None = None) -> SimpleNamespace:
        start = int(cursor) if cursor else 0
        following = str(start + limit) if start + limit < len(self.images_) else None
        return SimpleNamespace(
            images=tuple(self.images_[start : start + limit]), next=following, total=len(self.images_)
        )

    def days(self, session: Any) -> list[tuple[str, int]]:
        counts: dict[str, int] = {}
        for image in self.images_:
            day = image.taken.at.date().isoformat()
            counts[day] = counts.get(day, 0) + 1
        return list(counts.items())

    def image(self, session: Any, image_id: str) -> Image:
        found = [image for image in self.images_ if image.id.startswith(image_id)]
        if not found or len(image_id) < 4:
            raise ImageNotFoundError(f"No image has the id {image_id}.")
        if len(found) > 1:
            raise AmbiguousImageError(f"{len(found)} images begin with {image_id}.")
        return found[0]

    def strip(self, session: Any, image_id: str, n: int = 12) -> list[Image]:
        at = self.images_.index(self.image(session, image_id))
        return self.images_[max(0, at - n) : at + n + 1][::-1]

    def around(self, session: Any, image_id: str, listing: Listing, n: int = 12) -> Around:
        if listing.text:
            listing = Listing()
        images = self.images_
        if listing.like:
            ids = [listing.like, *(one.id for one in self.similar(session, listing.like, n=100).results)]
            images = [self.image(session, one) for one in ids]
        at = next(place for place, one in enumerate(images) if one.id == image_id)
        near = tuple(images[max(0, at - n) : at + n + 1])
        return Around(near, at, len(images), images[0].id, images[-1].id, listing)

    def regions(self, session: Any, image_id: str) -> tuple[int, ...]:
        return (0, 1)

    def ratings(self, session: Any, ids: list[str]) -> dict[str, Rating]:
        return {image_id: Rating(stars=3) for image_id in ids}

    def mixture(self, session: Any, image_id: str) -> Mixture:
        self.image(session, image_id)
        return Mixture(np.ones(1), np.zeros((1, 5)), np.eye(5)[None], np.zeros(5), np.ones(5))

    def ellipses(self, session: Any, image_id: str) -> tuple[Ellipse, ...]:
        return (Ellipse(0.5, 0.4, 0.02, 0.01, 0.03, "#336699", 0.7), Ellipse(0.2, 0.8, 0.01, 0.0, 0.01, "#993322", 0.3))

    def palette(self, session: Any, image_id: str) -> tuple[Swatch, ...]:
        return (Swatch(self.image(session, image_id).colour, 0.7, "above"), Swatch("#808080", 0.3, "left, below"))

    def divergence(self, one: str, other: str) -> float:
        """Small within a look; never the same twice."""
        near = 0.08 if self.looks[one] == self.looks[other] else 0.45
        return near + int(other[:4], 16) / 65536 * 0.2

    def similar(self, session: Any, image_id: str, *, n: int = 50, offset: int = 0, by: float = 0.0) -> Ranking:
        query = self.image(session, image_id)
        others = [image for image in self.images_ if image.id != query.id]
        others.sort(key=lambda image: self.divergence(query.id, image.id))
        results = (Result(one.id, one.path, value := self.divergence(query.id, one.id), value) for one in others)
        return Ranking(
            "look", "nats", "ascending", {"image": query.id}, tuple(results)[offset : offset + n], len(others)
        )

    def expected(self, session: Any, image_id: str, size: int = 512) -> bytes:
        return self._picture(self.image(session, image_id), "WEBP")

    def sampled(self, session: Any, image_id: str, size: int = 512, n: int = 9000) -> bytes:
        return self._picture(self.image(session, image_id), "WEBP")

    def thumbnail(self, session: Any, image_id: str, size: int) -> tuple[bytes, str]:
        return self.display(session, image_id)

    def display(self, session: Any, image_id: str, *, full: bool = False) -> tuple[bytes, str]:
        return self._picture(self.image(session, image_id), "JPEG"), "image/jpeg"

    def shown_as_it_is(self, one: Image) -> bool:
        return True

    def full_size(self, one: Image) -> int:
        return max(one.width, one.height)

    def _picture(self, image: Image, kind: str) -> bytes:
        pixels = np.full((image.height, image.width, 3), LOOKS[self.looks[image.id]], np.uint8)
        pixels[image.height // 2 :] //= 2
        out = io.BytesIO()
        Pillow.fromarray(pixels).save(out, kind)
        return out.getvalue()

    def _groups(self, count: int) -> tuple[Cluster, ...]:
        """The six looks, joined or split until there are `count`; the last of many stand alone."""
        members: dict[int, list[str]] = {}
        for image in self.images_:
            members.setdefault(self.looks[image.id] % min(count, len(LOOKS)), []).append(image.id)
        parts = list(members.values())
        while len(parts) < count:
            largest = max(parts, key=len)
            parts.append([largest.pop()])
        parts.sort(key=len, reverse=True)
        return tuple(
            Cluster(
                id=100 * count + number,
                exemplar=ids[0],
                members=tuple(ids),
                distances=(0.0, *sorted(self.divergence(ids[0], other) for other in ids[1:])),
                coherence=0.8,
                outliers=tuple(ids[-1:]) if len(ids) > 4 else (),
            )
            for number, ids in enumerate(parts)
        )

    def clusters(self, session: Any, count: int | None = None) -> SimpleNamespace:
        if not self.indexed:
            raise NoIndexError("No index for 60 pictures yet. Run `leitmotiv build-index`.")
        count = 6 if count is None else count
        if not 1 <= count <= 20:
            raise UsageError(f"count is {count}, but must lie between 1 and 20.")
        groups = self._groups(count)
        return SimpleNamespace(
            clusters=groups,
            count=len(groups),
            counts=tuple(range(1, 21)),
            total_images=len(self.images_),
            alone=sum(group.size == 1 for group in groups),
            stale=self.is_stale,
            left_out=(),
            wanted=count,
        )

    def cluster(self, session: Any, cluster_id: int, count: int | None = None) -> Cluster:
        groups = self._groups(max(1, min(20, cluster_id // 100)))
        found = [group for group in groups if group.id == cluster_id]
        if not found:
            raise UsageError(f"There is no trend {cluster_id} in this index.")
        return found[0]

    def cluster_of(self, session: Any, image_id: str) -> Cluster | None:
        if not self.indexed:
            return None
        return next(group for group in self._groups(6) if image_id in group.members)

    def cluster_name(self, session: Any, cluster_id: int) -> str:
        return f"look {self.looks[self.cluster(session, cluster_id).exemplar]}"

    # ---- what portraits has ----

    def average(self, session: Any, members: Sequence[str], size: int = 256) -> bytes:
        return self.thumbnail(session, members[0], size)

    def colour(self, session: Any, members: Sequence[str]) -> str:
        return self.image(session, members[0]).colour

    def names(self, session: Any, groups: Sequence[Cluster], by: float = 0.0) -> dict[int, str]:
        return {group.id: f"look {self.looks[group.exemplar]}" for group in groups}

    def dates(self, session: Any, members: Sequence[str]) -> Dates:
        taken = sorted(self.image(session, member).taken.at for member in members)
        years = Counter(one.year for one in taken)
        return Dates(taken[0], taken[-1], tuple(sorted(years.items())))

    # ---- what grid has ----

    def view(self, session: Any, text: str = "", sort: str = "-taken", group: str = "") -> Order:
        for term in parse(text):
            if term.name != "name":
                raise UsageError(f"The library in memory knows no filter {term.name}:.")
        chosen = [one for one in self.images_ if all(term.values[0] in one.name for term in parse(text))]
        if sort == "taken":
            chosen.reverse()
        elif sort != "-taken":
            raise UsageError(f"sort is {sort!r}, but must be taken or -taken.")
        sections: list[Section] = []
        for at, one in enumerate(chosen):
            day = one.taken.at.date().isoformat()
            if not sections or sections[-1].key != day:
                sections.append(Section(day, at, 0))
            sections[-1] = replace(sections[-1], count=sections[-1].count + 1)
        ratio = np.array([one.width / one.height for one in chosen], np.float32)
        colour = np.array([LOOKS[self.looks[one.id]] for one in chosen], np.uint8).reshape(-1, 3)
        hashes = np.frombuffer(bytes.fromhex("".join(one.id for one in chosen)), np.uint8).reshape(-1, 32)
        return Order(np.arange(len(chosen), dtype=np.int32), hashes, ratio, colour, "day", tuple(sections))

    def newest(self, session: Any, limit: int) -> Order:
        whole = self.view(session)
        sections = tuple(one for one in whole.sections if one.start < limit)
        return replace(whole, rows=whole.rows[:limit], sections=sections)

    def count(self, session: Any) -> int:
        return len(self.images_)

    def columns(self, session: Any) -> list[str]:
        return []

    def state(self, session: Any) -> tuple[object, ...]:
        return (len(self.images_),)

    def pictures(self, session: Any, ids: Any) -> list[Image]:
        return [one for image_id in ids for one in self.images_ if one.id == image_id]

    def tiles(self, session: Any, ids: Any) -> list[Tile]:
        blob = np.array([[128, 128, 80, 40, 0, 1, 2, 3]], np.uint8)
        return [Tile(one, Rating(), blob) for one in self.pictures(session, ids)]

    def jobs(self, session: Any) -> list[Job]:
        return list(self.jobs_)

    def status(self, session: Any) -> Status:
        return Status(
            library=str(self.settings.library),
            images=len(self.images_),
            missing=0,
            offline=0,
            failed=len(self.failures_),
            clusters=6 if self.indexed else 0,
            indexed=len(self.images_) if self.indexed else 0,
            stale=self.is_stale,
            disk_bytes=123456,
            version="0",
            folders=(b"/photos",),
            failures=tuple(self.failures_),
            jobs=tuple(self.jobs_[:5]),
        )


GRID = ("view", "newest", "count", "columns", "state", "pictures", "tiles")
"""What stands in for `workflows.grid`."""
PORTRAITS = ("average", "colour", "names", "dates")
"""What stands in for `workflows.portraits`."""
VIEWING = ("around", "regions")
"""What stands in for `workflows.viewing`."""
OWN = ("ratings",)
"""What stands in for `workflows.own`; everything else stands in for `workflows.browse`."""
NAMES = tuple(
    name
    for name, value in vars(FakeLibrary).items()
    if callable(value)
    and not name.startswith("_")
    and name not in ("of", "divergence", *GRID, *VIEWING, *OWN, *PORTRAITS)
)


def running(done: int = 30, total: int = 60, **changes: Any) -> Job:
    """A job that adds pictures, half done."""
    job = Job(
        id=1,
        kind="add",
        title="/photos",
        state="running",
        phase="Reading pictures",
        done=done,
        total=total,
        rate=12.4,
        remaining=math.inf if total == 0 else 2.5,
        started=datetime(2025, 6, 15, 9, 0),
        finished=None,
        message="/photos/p031.jpg",
        failures=0,
    )
    return replace(job, **changes)
