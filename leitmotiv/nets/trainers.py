"""Owns whether torch is there: what trains is imported through here, and only when it is used."""

import importlib.metadata
import os
from typing import TYPE_CHECKING, Any

from leitmotiv.errors import MissingExtraError

if TYPE_CHECKING:
    from leitmotiv.nets.critic_network import CriticTrainer
    from leitmotiv.nets.pix2pix import Trainer

COMMAND = "pip install 'leitmotiv[train]'"
CPU_BUILD = (
    'without a GPU, PyTorch\'s own page "Start Locally" gives the command for its much smaller build for CPUs (compute'
    " platform: CPU)"
)

MISSING = f"Training eyes needs torch: {COMMAND}; {CPU_BUILD}."
CRITIC_MISSING = (
    f"Training a critic's network needs torch: {COMMAND}; {CPU_BUILD}. A critic's head alone is learnt without it: "
    "leave --network out."
)


def version() -> str | None:
    """Of torch, without importing it; None where it is not installed."""
    try:
        return importlib.metadata.version("torch")
    except importlib.metadata.PackageNotFoundError:
        return None


def trainer(*arguments: Any, **named: Any) -> "Trainer":
    """A `leitmotiv.nets.pix2pix.Trainer`.

    Raises
    ------
    MissingExtraError
        torch is not installed.
    """
    _calm()
    try:
        from leitmotiv.nets.pix2pix import Trainer
    except ImportError as error:
        raise MissingExtraError(MISSING) from error
    return Trainer(*arguments, **named)


def critic_trainer(*arguments: Any, **named: Any) -> "CriticTrainer":
    """A `leitmotiv.nets.critic_network.CriticTrainer`.

    Raises
    ------
    MissingExtraError
        torch is not installed.
    """
    _calm()
    try:
        from leitmotiv.nets.critic_network import CriticTrainer
    except ImportError as error:
        raise MissingExtraError(CRITIC_MISSING) from error
    return CriticTrainer(*arguments, **named)


def _calm() -> None:
    # Threads that wait for each other must not spin: on a machine that does something else, too, a step would take
    # ten times as long. OpenMP reads this when torch is first imported.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
