"""`leitmotiv eyes`."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from leitmotiv.cli.eyes_options import force, line, named, partial_of, seed, shown_options, side, table
from leitmotiv.cli.eyes_pairs import compare, pairs
from leitmotiv.cli.eyes_training import train
from leitmotiv.cli.progress import bars
from leitmotiv.cli.verbs import (
    Verb,
    common,
    common_options,
    finish,
    note,
    session,
    show,
    tell,
    tell_failures,
    version_option,
)

if TYPE_CHECKING:
    from leitmotiv.records import Eyes
    from leitmotiv.workflows.session import Session


@click.group("eyes", params=[*common_options(), version_option()])
def command() -> None:
    """Eyes: see pictures, films and the camera through pictures of one kind only.

    They are shown a part of a picture (its edges, a few regions, a blur), and see the rest as pictures of a selection
    have it: out of patches of those or in their colours at once, or by a network that was trained on them.
    """


_beside = click.option(
    "--beside", is_flag=True, help="Put what they are shown on the left, what is there on the right."
)
_size = click.option("--size", type=click.IntRange(16, 2048), help="Pixels a side of what is written.  [default: 256]")


def _chosen(opened: "Session", names: tuple[str, ...]) -> "list[Eyes]":
    from leitmotiv.errors import NotFoundError
    from leitmotiv.workflows import eyes

    if names:
        return [eyes.get(opened, name) for name in names]
    found = eyes.listed(opened)
    if not found:
        raise NotFoundError("There are no eyes yet. Make some: leitmotiv eyes make QUERY.")
    return found[:1]


@command.command("make", cls=Verb)
@click.argument("query")
@click.option("--name", default="", metavar="NAME", help="What they are called; the query if not given.")
@click.option(
    "--way",
    type=click.Choice(["patches", "palette"]),
    default="patches",
    show_default=True,
    help="Out of patches of the pictures, or in their colours.",
)
@shown_options
@side
@seed
def make(query: str, name: str, way: Any, side: str, seed: int, **shown: Any) -> None:
    """Make eyes of the pictures of a QUERY at once, without training.

    A query is what searches take: board:dusk, cluster:4, folder:flowers, "sailing boat". At most 400 pictures are used,
    the best first.
    """
    from leitmotiv.workflows import eyes

    with session() as opened, bars() as report:
        made = eyes.make(
            opened, name, query, way=way, partial=partial_of(**shown), side=int(side), seed=seed, report=report
        )
    show(made.as_json(), lambda: f"{line(made)}\nNext: leitmotiv eyes apply IMAGE --eyes {made.id}")
    for limit in made.card["limits"]:
        if limit.startswith("Nothing stands out"):
            tell(limit)


@command.command("list", cls=Verb)
def list_() -> None:
    """Print the eyes of the library, the last made first."""
    from leitmotiv.workflows import eyes

    with session() as opened:
        found = eyes.listed(opened)
    show({"eyes": [one.as_json() for one in found]}, lambda: "\n".join(map(line, found)))
    if not found:
        note("There are no eyes yet: leitmotiv eyes make QUERY.")
        sys.exit(1)


@command.command("show", cls=Verb)
@click.argument("name")
def show_(name: str) -> None:
    """Print the card of eyes: what they are made of, figures, limits."""
    from leitmotiv.workflows import eyes

    with session() as opened:
        one = eyes.get(opened, name)
    show(one.as_json(), lambda: _card(one))


def _card(one: "Eyes") -> str:
    from leitmotiv.workflows import eye_names

    told = {"made": f"{one.made:%Y-%m-%d %H:%M}", "of": one.query or "all pictures", "shown": one.partial.kind}
    lines = [f"{one.name} ({one.id}): {one.way}, {one.side} px"]
    lines += [f"  {key}: {value}" for key, value in {**told, **eye_names.facts(one)}.items()]
    if figures := one.card.get("figures"):
        lines += ["", *table(figures)]
    return "\n".join([*lines, "", *(f"  {limit}" for limit in one.card.get("limits", []))]).rstrip()


@command.command("rename", cls=Verb)
@click.argument("name")
@click.argument("new")
def rename(name: str, new: str) -> None:
    """Call eyes something else; their id stays."""
    from leitmotiv.workflows import eyes

    with session() as opened:
        one = eyes.rename(opened, eyes.get(opened, name).id, new)
    show(one.as_json(), lambda: line(one))


@command.command("delete", cls=Verb)
@click.argument("name")
def delete(name: str) -> None:
    """Remove eyes; the pictures stay."""
    from leitmotiv.workflows import eyes

    with session() as opened:
        one = eyes.get(opened, name)
        eyes.remove(opened, one.id)
    show({"removed": one.id}, lambda: f"{one.id} is removed.")


@command.command("apply", cls=Verb)
@click.argument("images", metavar="[IMAGE]...", nargs=-1)
@named
@click.option("--of", "query", metavar="QUERY", help='Pictures of the library besides: a query, "" for all.')
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    metavar="FOLDER",
    help="Where to.",
)
@_beside
@_size
@force
def apply(
    images: tuple[str, ...],
    names: tuple[str, ...],
    query: str | None,
    output: Path,
    beside: bool,
    size: int | None,
    force: bool,
) -> None:
    """Write pictures as eyes see them, a PNG each.

    IMAGE is a file, a folder, or the id of a picture of the library. With --eyes given twice, both stand side by side.
    """
    from leitmotiv.workflows import films

    with session() as opened, bars() as report:
        written, failed = films.apply(
            opened,
            _chosen(opened, names),
            images,
            output,
            query=query,
            beside=beside,
            size=size or 0,
            force=force,
            report=report,
        )
    failures = [{"path": path, "reason": reason} for path, reason in failed]
    if written or common("json"):
        show({"files": [str(one) for one in written], "failed": failures}, lambda: "\n".join(map(str, written)))
    tell_failures(failed)
    finish(len(failed))


@command.command("animate", cls=Verb)
@click.argument("frames", type=click.Path(path_type=Path))
@named
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="A .gif, .png (animated) or .mp4; without a suffix a folder of frames.",
)
@click.option(
    "--smoothing",
    type=click.FloatRange(0, 0.99),
    default=0.5,
    show_default=True,
    help="Share of the frame before; .9 is dreamy.",
)
@click.option("--rate", type=click.FloatRange(0.1, 120), help="Frames a second; those of the film if not given.")
@_beside
@_size
@force
def animate(
    frames: Path,
    names: tuple[str, ...],
    output: Path,
    smoothing: float,
    rate: float | None,
    beside: bool,
    size: int | None,
    force: bool,
) -> None:
    """Write a film as eyes see it: FRAMES is a folder of pictures, an animated GIF, PNG or WebP, or a video.

    Regions and patches begin each frame where they ended the one before, so that nothing flickers. Videos need the
    extra film: pip install 'leitmotiv[film]'.
    """
    from leitmotiv.workflows import films

    with session() as opened, bars() as report:
        made = films.animate(
            opened,
            _chosen(opened, names),
            frames,
            output,
            smoothing=smoothing,
            beside=beside,
            size=size or 0,
            rate=rate or 0.0,
            force=force,
            report=report,
        )
    data = {"file": str(output), "frames": made.frames, "expected": made.expected, "rate": made.rate}
    show({**data, "short": made.short}, lambda: f"{output}: {made.frames:,} frames, {made.rate:g} a second")
    if made.short:
        of = f" of about {made.expected:,}" if made.expected else ""
        tell(f"The film ends early: {made.frames:,}{of} frames were read and written. {made.fault}".rstrip())
        finish(1)


@command.command("export", cls=Verb)
@click.argument("name")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE", help="[default: ID.eyes]"
)
@force
def export(name: str, output: Path | None, force: bool) -> None:
    """Write eyes into one file, with their card; ids of your pictures are left out."""
    from leitmotiv.workflows import eye_files, eyes
    from leitmotiv.workflows.places import outside_photos, write_file

    with session() as opened:
        one = eyes.get(opened, name)
        target = outside_photos(opened, output or Path(f"{one.id}{eye_files.SUFFIX}"))
        size = write_file(target, [eye_files.exported(opened, one)], force=force)
    show({"file": str(target), "bytes": size}, lambda: f"{target}: {size / 1e6:,.1f} MB")


@command.command("import", cls=Verb)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--name", default="", metavar="NAME", help="What they are called; as their card says if not given.")
def import_(file: Path, name: str) -> None:
    """Take eyes in from a file, after checking that its card, its parts and its sizes fit each other."""
    from leitmotiv.workflows import eye_files

    with session(create=True) as opened:
        one = eye_files.imported(opened, eye_files.read_file(file), name)
    show(one.as_json(), lambda: line(one))


command.add_command(train)
command.add_command(pairs)
command.add_command(compare)
