"""`leitmotiv why`."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from leitmotiv.cli.verbs import Verb, printable, session, show
from leitmotiv.errors import ImageNotFoundError

if TYPE_CHECKING:
    from leitmotiv.records import Mixture
    from leitmotiv.workflows.session import Session
    from leitmotiv.workflows.why import Why


@click.command("why", cls=Verb)
@click.argument("one", metavar="IMAGE")
@click.argument("other", metavar="IMAGE")
def command(one: str, other: str) -> None:
    """Tell why two pictures are alike or not.

    Each IMAGE is a file, in the library or not, or an id (4 or more of its characters). The divergence is divided into
    which colours there are, where anything lies, and which colour lies where; then follow the parts of the pictures
    that meet, each with its share of what they have in common, and how alike it is in colour and in place (1 is the
    same).
    """
    from leitmotiv.workflows import why

    with session() as opened:
        (first, name), (second, other_name) = _found(opened, one), _found(opened, other)
        found = why.explain(opened, first, second)
    names = {"one": name, "other": other_name}
    show(why.form(found, more=names), lambda: "\n".join(_lines(found)))


def _found(opened: "Session", image: str) -> "tuple[Mixture, str]":
    """The mixture of a file or of a picture in the library, and how it is called."""
    import os

    from leitmotiv.workflows import browse
    from leitmotiv.workflows.fitting import fit_file

    path = Path(image)
    if os.path.lexists(path):
        known = opened.library.images.find_path(os.fsencode(os.path.abspath(path)))
        return (browse.mixture(opened, known.id), known.id) if known else (fit_file(path, opened.settings), str(path))
    if "/" in image or "." in image:
        raise ImageNotFoundError(f"There is no file {image}.")
    full = browse.image(opened, image).id
    return browse.mixture(opened, full), full


def _lines(found: "Why") -> list[str]:
    parts = found.parts
    lines = [f"{parts.whole:.4f}  divergence, nats: 0 is the same, 0.69 has nothing in common"]
    for text, value in (
        ("which colours there are", parts.colour),
        ("where anything lies", parts.place),
        ("which colour lies where", parts.together),
    ):
        of_all = f"{value / parts.whole:4.0%}" if parts.whole > 0 else "  0%"
        lines.append(f"{value:7.4f}  {of_all}  {text}")
    lines += ["", f"{found.met:.0%} of both pictures meets its like; of that:"]
    for one in found.shared:
        said = f"{one.one.name} {one.one.place} and {one.other.name} {one.other.place}"
        lines.append(printable(f"{one.share:4.0%}  colour {one.colour:.2f}  place {one.place:.2f}  {said}"))
    return lines
