"""Which files wct itself writes, so that connectors never take them for data."""

from dataclasses import dataclass
from pathlib import Path

OWN_DIRECTORY = ".wct"
"""Holds the default ledger and its keys; never read, wherever it lies."""


@dataclass(frozen=True, slots=True)
class OwnFiles:
    """Files, and directories with all they hold, that belong to wct.

    A service: whoever opens a ledger or chooses an output directory registers it;
    a factory of connectors asks the container for it. :data:`OWN_DIRECTORY` need
    not be named.
    """

    paths: tuple[Path, ...] = ()
