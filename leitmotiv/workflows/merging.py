"""What a person said about a picture that goes: it moves to the one that is kept, and comes back with it."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from leitmotiv.records import Rating
from leitmotiv.store.changes import Edit
from leitmotiv.store.library import Library
from leitmotiv.workflows.plans import Action


def described(library: Library, actions: Sequence[Action]) -> list[Action]:
    """Actions with what of each picture will go to the kept one, in words."""
    ids = sorted({action.image_id for action in actions})
    ratings = library.ratings.many(ids)
    places: dict[str, list[str]] = {}
    for selection in library.selections.list():
        for image_id in selection.ids or ():
            places.setdefault(image_id, []).append(selection.name)
    done = []
    for action in actions:
        words: list[str] = []
        if action.image_id != action.keep_id:
            words += _words(ratings.get(action.image_id, Rating()))
            words += [f"a place in {name}" for name in places.get(action.image_id, ())]
        done.append(replace(action, merge=tuple(words)))
    return done


def _words(rating: Rating) -> list[str]:
    words = []
    if rating.stars:
        words.append(f"{rating.stars} star{'' if rating.stars == 1 else 's'}")
    if rating.favourite:
        words.append("favourite")
    if rating.label:
        words.append(f"label {rating.label}")
    return words


def merged(kept: Rating, gone: Rating) -> Rating:
    """The more stars, a heart of either, the kept one's label or else the other's; a rejection stays behind."""
    return replace(
        kept,
        stars=max(kept.stars, gone.stars),
        favourite=kept.favourite or gone.favourite,
        label=kept.label or gone.label,
    )


def merge(library: Library, plan_id: str, pairs: Sequence[tuple[str, str]]) -> int:
    """Give what was said about pictures that went to those that are kept; how many pictures had something to give."""
    if not pairs:
        return 0
    ratings = library.ratings.many([one for pair in pairs for one in pair])
    after, givers = dict(ratings), set()
    for gone, kept in pairs:
        if gone in ratings:
            new = merged(after.get(kept, Rating()), ratings[gone])
            if new != after.get(kept, Rating()):
                after[kept] = new
                givers.add(gone)
    changed = {one: rating for one, rating in after.items() if rating != ratings.get(one, Rating())}
    edits = library.ratings.edits(changed)
    record: dict[str, Any] = {
        "ratings": {
            one: {"before": vars(ratings.get(one, Rating())), "after": vars(rating)} for one, rating in changed.items()
        },
        "selections": {},
    }
    stays = dict(pairs)
    for selection in library.selections.list():
        if selection.ids is None or stays.keys().isdisjoint(selection.ids):
            continue
        givers |= stays.keys() & set(selection.ids)
        ids = tuple(dict.fromkeys(stays.get(one, one) for one in selection.ids))
        edits.append(library.selections.edit(replace(selection, ids=ids)))
        record["selections"][str(selection.id)] = {"before": selection.ids, "after": ids}
    if edits:
        library.changes.apply(f"duplicates: what {len(givers):,} had was given to those kept", edits)
        _keep(library, plan_id, _joined(_kept(library, plan_id), record))
    return len(givers)


def part(library: Library, plan_id: str, back: Iterable[str]) -> int:
    """Take back what `merge` did, where nothing was changed since; how many things."""
    record = _kept(library, plan_id)
    edits: list[Edit] = []
    if not set(back):
        return 0
    now = library.ratings.many(list(record["ratings"]))
    for one, sides in record["ratings"].items():
        if now.get(one, Rating()) == Rating(**sides["after"]):
            edits += library.ratings.edits({one: Rating(**sides["before"])})
    for number, sides in record["selections"].items():
        selection = library.selections.get(int(number))
        if selection is not None and list(selection.ids or ()) == sides["after"]:
            edits.append(library.selections.edit(replace(selection, ids=tuple(sides["before"]))))
    if edits:
        library.changes.apply("duplicates: what was given to those kept was taken back", edits)
        _keep(library, plan_id, {"ratings": {}, "selections": {}})
    return len(edits)


def _joined(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Two records of one plan, carried out in parts: what was before the first, and what is after the last."""
    joined: dict[str, Any] = {}
    for kind, sides in new.items():
        joined[kind] = dict(old.get(kind, {}))
        for name, one in sides.items():
            before = joined[kind].get(name, one)["before"]
            joined[kind][name] = {"before": before, "after": one["after"]}
    return joined


def _keep(library: Library, plan_id: str, record: dict[str, Any]) -> None:
    path = library.folder / "plans" / f"{plan_id}.merged.json"
    path.parent.mkdir(exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(record), "utf-8")
    part.replace(path)


def _kept(library: Library, plan_id: str) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads((library.folder / "plans" / f"{plan_id}.merged.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {"ratings": {}, "selections": {}}
    return record
