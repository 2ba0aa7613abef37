"""`leitmotiv doctor`."""

import sys

import click

from leitmotiv.cli.verbs import Verb, note, settings, show


@click.command("doctor", cls=Verb)
@click.option("--warm", is_flag=True, help="Only compile the mathematics, and end.")
def command(warm: bool) -> None:
    """Check this machine and this installation; ends with 6 where something is wrong."""
    from leitmotiv.workflows.readiness import examine, prepare

    prepare(settings(), note)
    if warm:
        return
    checks = examine(settings())
    show(
        {"checks": [vars(check) for check in checks]},
        lambda: "\n".join(f"{'ok   ' if check.good else 'FAULT'} {check.name:<12} {check.text}" for check in checks),
    )
    if not all(check.good for check in checks):
        sys.exit(6)
