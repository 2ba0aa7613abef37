"""A critic's card, as `leitmotiv critic` prints it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from leitmotiv.records import Critic


def card(one: "Critic") -> str:
    """A critic's card as text."""
    from leitmotiv.workflows.critics import NAMES

    told = one.card
    if one.lift is not None:
        return "\n".join(_technical(one))
    how = (
        _trained(told)
        if one.network
        else f"seed {told['seed']}, penalty {told['ridge']:.2g}, {told['iterations']} steps"
    )
    lines = [
        f"{one.name}: {told['pictures']:,} pictures of {', '.join(told['sets'])}, {told['votes']:,.0f} votes",
        f"  made {told['made']}, {how}",
    ]
    if told["figures"]:
        lines += ["", f"  {told['held_out']:,} pictures held out; the baseline says the same of every picture:"]
        lines += [f"  {line}" for line in table(told["figures"], NAMES)]
    if told.get("head"):
        lines += ["", "  a head alone on the same pictures, learnt exactly:"]
        lines += [f"  {line}" for line in table(told["head"], NAMES)]
    lines += ["", *(f"  {limit}" for limit in told["limits"])]
    return "\n".join(lines)


def _technical(one: "Critic") -> list[str]:
    card = one.card
    lines = [
        f"{one.name}: comes with leitmotiv, made {card['made']}, seed {card['seed']}",
        "",
        f"  {card['knows']}",
        "",
    ]
    lines += [f"  learnt from {card['pictures']:,} pictures ({card['examples']:,} with damage):"]
    lines += [f"    {source}: {licence}" for source, licence in card["sources"].items()]
    lines += ["", f"  {card['held_out']:,} pictures of other kinds held out; the baseline is BRISQUE,"]
    lines += ["  and where a picture was put on paper, the same picture as small without paper:"]
    lines += [f"  {line}" for line in table(card["figures"], {name: name for name in card["figures"]})]
    return [*lines, "", *(f"  {limit}" for limit in card["limits"])]


def table(figures: dict[str, dict[str, float | None]], names: dict[str, str]) -> list[str]:
    """Figures as lines: value, interval, baseline."""

    def number(value: float | None) -> str:
        return "-" if value is None else f"{value:.3f}"

    lines = [f"{'':46}{'':8}{'95 % interval':>18}{'baseline':>10}"]
    for key, one in figures.items():
        interval = f"[{number(one['low'])}, {number(one['high'])}]"
        lines.append(f"{names[key]:46}{number(one['value']):>8}{interval:>18}{number(one['baseline']):>10}")
    return lines


def _trained(card: Mapping[str, Any]) -> str:
    """How a network was trained, in a line."""
    schedule = card["schedule"]
    epochs = f"{schedule['head']['epochs']} + {schedule['whole']['epochs']} epochs"
    return f"seed {card['seed']}, schedule {schedule['name']} ({epochs}, best at step {card['best_step']:,})"
