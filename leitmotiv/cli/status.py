"""`leitmotiv status`."""

from typing import TYPE_CHECKING

import click

from leitmotiv.cli.verbs import Verb, printable, session, show

if TYPE_CHECKING:
    from leitmotiv.records import Status


@click.command("status", cls=Verb)
def command() -> None:
    """Print what the library holds, and every file that could not be read, with the reason."""
    from leitmotiv.web import forms
    from leitmotiv.workflows import browse

    with session() as opened:
        state = browse.status(opened)
    show(forms.status(state, failures=None), lambda: as_text(state))


def as_text(state: "Status") -> str:
    """The status as lines of text."""
    index = f"{state.indexed:,} pictures in {state.clusters:,} trends" if state.indexed else "none yet"
    if state.way == "neighbours":
        index += ", each compared with its likeliest neighbours"
        index += (
            f" ({state.recall:.1%} of the nearest ten among them when measured)" if state.recall is not None else ""
        )
    if state.gap is not None:
        index += (
            f"; the trends {'were' if state.stale else 'are'} at most {state.gap:.2%} from the best along the pairs"
        )
        index += " compared" + (" when the index was built" if state.stale else "")
    if state.indexed and state.way == "none":
        index += " (what was compared for it is away or damaged: `leitmotiv build-index` makes it again)"
    elif state.stale:
        index += " (stale: run `leitmotiv build-index`)"
    lines = [
        f"library   {state.library} ({state.disk_bytes / 1e6:,.1f} MB)",
        f"folders   {', '.join(printable(p.decode('utf-8', 'replace')) for p in state.folders) or 'none'}",
        f"pictures  {state.images:,} ({state.missing:,} missing, {state.offline:,} offline)",
        f"index     {index}",
        f"subjects  {state.seen:,} pictures seen",
        f"failed    {state.failed:,}",
    ]
    return "\n".join([*lines, *(f"  {printable(f.name)}: {f.reason}" for f in state.failures)])
