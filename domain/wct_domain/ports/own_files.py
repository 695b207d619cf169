"""Which files wct itself writes, so that connectors never take them for data."""

from pathlib import Path
from typing import NamedTuple

OWN_DIRECTORY = ".wct"
"""Holds the default ledger and its keys; never read, wherever it lies."""


class OwnFiles(NamedTuple):
    """Files, and directories with all they hold, that belong to wct.

    A service: whoever opens a ledger or chooses an output directory registers it;
    a factory of connectors asks the container for it. :data:`OWN_DIRECTORY` need
    not be named.
    """

    paths: tuple[Path, ...] = ()
