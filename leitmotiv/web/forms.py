"""The JSON forms of the pages and the commands, exactly as documented; it reads records and writes dicts."""

import base64
from typing import Any

from leitmotiv.records import Cluster, Failure, Image, Job, Ranking, Status

FAILURES_SHOWN = 100


def path(value: bytes, name: str = "path") -> dict[str, str]:
    """A path as text, and in base64 where the text could not say it."""
    text = {name: value.decode("utf-8", "replace")}
    try:
        value.decode("utf-8")
    except UnicodeDecodeError:
        text[f"{name}_base64"] = base64.b64encode(value).decode("ascii")
    return text


def image(one: Image, *, colour: bool = False) -> dict[str, Any]:
    """A picture in a list."""
    form: dict[str, Any] = {
        "id": one.id,
        **path(one.paths[0] if one.paths else b""),
        "paths": [other.decode("utf-8", "replace") for other in one.paths],
        "width": one.width,
        "height": one.height,
        "taken": one.taken.at.isoformat(),
    }
    if colour:
        form |= {"colour": one.colour, "state": one.state}
    return form


def whole_image(one: Image) -> dict[str, Any]:
    """A picture by itself, with everything the library knows of it."""
    return image(one, colour=True) | {
        "taken_source": one.taken.source,
        "format": one.format,
        "size": one.size,
        "pixel_hash": one.pixel_hash,
        "added": one.added.isoformat(),
        "facts": dict(one.facts),
    }


def ranking(ranked: Ranking, paths: dict[str, bytes], following: str | None = None) -> dict[str, Any]:
    """Any ranking.

    Parameters
    ----------
    paths : dict
        Image id to path, for the results whose path is not UTF-8.
    following : str, optional
        Address of the next page, where there is one.
    """
    results = []
    for result in ranked.results:
        form: dict[str, Any] = {"id": result.id, "path": result.path, "score": result.score}
        if result.id in paths:
            form |= path(paths[result.id])
        if result.divergence is not None:
            form["divergence"] = result.divergence
        if result.parts:
            form["parts"] = list(result.parts)
        more = {
            "percentile": result.percentile,
            "probability": result.probability,
            "cosine": result.cosine,
            "deviation": result.deviation,
        }
        form |= {name: value for name, value in more.items() if value is not None}
        form |= {name: list(value) for name, value in (("copies", result.copies), ("words", result.words)) if value}
        results.append(form)
    form = {
        "schema": "leitmotiv.ranking/1",
        "measure": ranked.measure,
        "unit": ranked.unit,
        "order": ranked.order,
        "query": dict(ranked.query),
        "results": results,
        "next": following,
    }
    if ranked.terms or ranked.measure == "search":
        form |= {"terms": list(ranked.terms), "total": ranked.total, "above_chance": ranked.cut}
        form["unknown"] = [{"word": one.word, "near": list(one.near), "read": one.read} for one in ranked.unknown]
    if ranked.terms or ranked.notes or ranked.measure == "search":
        form["notes"] = list(ranked.notes)
    return form | {"approximate": True} if ranked.approximate else form


def cluster(group: Cluster, name: str) -> dict[str, Any]:
    """A trend."""
    return {
        "id": group.id,
        "exemplar": group.exemplar,
        "size": group.size,
        "members": list(group.members),
        "name": group.name or name,
    }


def job(one: Job) -> dict[str, Any]:
    """A piece of long work."""
    return {
        "id": one.id,
        "kind": one.kind,
        "title": one.title,
        "state": one.state,
        "phase": one.phase,
        "done": one.done,
        "total": one.total,
        "rate": one.rate,
        "remaining": one.remaining,
        "started": one.started.isoformat(),
        "finished": None if one.finished is None else one.finished.isoformat(),
        "message": one.message,
        "failures": one.failures,
        "attempts": one.attempts,
        "repeatable": one.repeatable,
        "wish": one.wish,
    }


def failure(one: Failure) -> dict[str, str]:
    """A file that could not be read."""
    return {**path(one.path), "reason": one.reason, "at": one.at.isoformat()}


def status(now: Status, failures: int | None = FAILURES_SHOWN) -> dict[str, Any]:
    """What a library holds and what is going on; at most so many failures, `failed` counts all."""
    return {
        "library": now.library,
        "version": now.version,
        "images": now.images,
        "missing": now.missing,
        "offline": now.offline,
        "failed": now.failed,
        "clusters": now.clusters,
        "indexed": now.indexed,
        "stale": now.stale,
        "way": now.way,
        "recall": now.recall,
        "gap": now.gap,
        "seen": now.seen,
        "disk_bytes": now.disk_bytes,
        "folders": [path(folder) for folder in now.folders],
        "failures": [failure(one) for one in now.failures[:failures]],
        "jobs": [job(one) for one in now.jobs],
    }
