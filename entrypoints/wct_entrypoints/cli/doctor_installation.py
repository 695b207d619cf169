"""What is installed: wct itself, what it stands on, and what others have added."""

import os
import sys
from collections.abc import Iterator

from wct_domain import __version__
from wct_entrypoints.bootstrap.diagnosis import has_postgres_driver, sqlite_facts
from wct_entrypoints.cli.doctor_lines import Check, Level, Line
from wct_entrypoints.cli.shared import counted
from wct_entrypoints.plugins import installed_plugins


def installation_checks() -> dict[str, Check]:
    """Return the checks that need no ledger."""
    return {"wct": _wct, "SQLite": _sqlite, "PostgreSQL": _driver, "plugins": _plugins}


def _wct() -> Iterator[Line]:
    python = ".".join(map(str, sys.version_info[:3]))
    system = os.uname()
    platform = f"{system.sysname} {system.release} {system.machine}"
    yield Line("wct", __version__, facts={"version": __version__})
    name = sys.implementation.name
    yield Line("Python", f"{python} ({name}), {platform}", facts={"version": python})


def _sqlite() -> Iterator[Line]:
    version, first_sound, fault = sqlite_facts()
    facts = {"version": version, "first_sound": first_sound}
    if fault is None:
        text = f"{version}, without the WAL-reset bug (fixed in {first_sound})"
        yield Line("SQLite", text, facts=facts)
    else:
        what, _, way_out = fault.partition("; ")
        yield Line("SQLite", what, Level.ERROR, way_out, facts)


def _driver() -> Iterator[Line]:
    there = has_postgres_driver()
    text = (
        "driver installed"
        if there
        else "no driver, which only a ledger there needs: "
        "pip install 'wct-compliance[postgres]'"
    )
    yield Line("PostgreSQL", text, facts={"driver": there})


def _plugins() -> Iterator[Line]:
    plugins = installed_plugins()
    broken = [plugin for plugin in plugins if plugin.problem is not None]
    for plugin in broken:
        yield Line(
            "plugins",
            f"{plugin.group} '{plugin.name}' of {plugin.origin} does not load: "
            f"{plugin.problem}",
            Level.WARNING,
            "install a version of it that fits, or uninstall it",
            {"name": plugin.name, "group": plugin.group, "origin": plugin.origin},
        )
    if not broken:
        brought = sorted({plugin.origin for plugin in plugins})
        text = "none installed"
        if brought:
            parts = counted(len(plugins), "entry point")
            text = f"{', '.join(brought)}: {parts}, all load"
        yield Line("plugins", text, facts={"origins": brought})
