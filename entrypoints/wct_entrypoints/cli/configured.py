"""Settings that a command finds: taken before it looks at its own options."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from wct_domain.errors import ConfigurationError
from wct_domain.runbook import Runbook
from wct_domain.settings.configuration import options_of
from wct_domain.settings.subscribers import Subscribers
from wct_entrypoints.bootstrap.configuration import Configured, configured
from wct_entrypoints.bootstrap.trust import comes_with, scanned_paths
from wct_entrypoints.cli.shared import errors_end_the_command
from wct_entrypoints.usual_ledger import use_by_default

RUNNING = ("run", "resume")
"""Commands that take options from the file."""


def take_settings(ctx: click.Context, given: Path | None) -> None:
    """Read the files of settings, and make them the defaults of all commands.

    An option on the command line wins over a variable of the environment, that over
    ``.env``, and that over ``wct.yaml``.

    Raises:
        SystemExit: one of them cannot be used; all is said.
    """
    with errors_end_the_command():
        found = configured(given, os.environ)
        ledger = found.ledger(os.environ)
    if ledger is not None:
        use_by_default(ledger)
    ctx.obj = found
    options: Mapping[str, Any] = options_of(found.settings, found.directory)
    ctx.default_map = {command: dict(options) for command in RUNNING}


def trusted_subscribers(
    found: Configured, runbook: Runbook, *, trusted: bool
) -> Subscribers:
    """Return the subscribers of ``wct.yaml``, unless it may not be trusted.

    Raises:
        ConfigurationError: it stands among what the runbook scans.
    """
    subscribers = found.settings.subscribers
    if found.file is None or not subscribers or trusted:
        return subscribers
    tree = comes_with(found.file, scanned_paths(runbook))
    if tree is None:
        return subscribers
    names = ", ".join(f"'{each.name}'" for each in subscribers)
    msg = (
        f"{found.file} stands in '{tree}', which this run scans, and names subscribers "
        f"({names}): whoever may change the one could run code through the other. "
        "Keep the file elsewhere (--config FILE), or say --trust-config"
    )
    raise ConfigurationError(msg)
