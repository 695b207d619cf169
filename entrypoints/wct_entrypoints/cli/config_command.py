"""What ``wct config`` does: ask each place where a setting may stand."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from wct_entrypoints.bootstrap.configuration import USUAL, Configured
from wct_entrypoints.bootstrap.ledgers import key_store, shown
from wct_entrypoints.cli.outputs import DEFAULT_DIRECTORY
from wct_entrypoints.cli.printing import print_json, print_lines, table_lines
from wct_entrypoints.usual_ledger import DEFAULT


class Setting(NamedTuple):
    """One line: a setting as it is in force."""

    name: str
    value: str | None  # as people write it; None: nothing is set
    source: str
    option: str | None = None
    variable: str | None = None


def show_settings(found: Configured | None, *, as_json: bool) -> None:
    """Print all settings.

    Raises:
        ConfigurationError: one names a variable that is not set.
    """
    known = found or Configured()
    lines = list(settings_in_force(known, os.environ))
    if as_json:
        print_json(_document(known, lines))
        return
    head = ("SETTING", "VALUE", "FROM")
    rows = [head, *((each.name, _text(each.value), each.source) for each in lines)]
    print_lines(table_lines(rows, flexible=(1,)))
    for each in known.settings.subscribers:
        wanted = ", ".join(each.events) or "all events"
        line = f"subscriber {each.name}: {each.transport}, {wanted}"
        print_lines([line if line.isprintable() else ascii(line)])


def settings_in_force(
    known: Configured, environ: Mapping[str, str]
) -> Iterator[Setting]:
    """Yield every setting with the place that decides it.

    Raises:
        ConfigurationError: one names a variable that is not set.
    """
    file = str(known.file)

    def variable(name: str) -> str:
        return f"{known.environment_file}: {name}" if name in known.from_file else name

    def setting(name: str, value: object, default: str, option: str) -> Setting:
        source = "default" if value is None else file
        return Setting(name, default if value is None else str(value), source, option)

    yield Setting(
        "config",
        None if known.file is None else file,
        _found(known, environ),
        "--config",
        "WCT_CONFIG",
    )
    yield _ledger(known, environ, variable)
    yield _keys(known, environ, variable)
    signing = "WCT_SIGNING_KEY"
    yield Setting(
        "signing key",
        "set" if environ.get(signing) else None,
        variable(signing) if environ.get(signing) else "made on first use",
        variable=signing,
    )
    said = known.settings
    directory = said.output_dir and known.directory / said.output_dir
    yield setting("output_dir", directory, str(DEFAULT_DIRECTORY), "--output-dir")
    yield setting(
        "max_workers", said.max_workers, "one per processor, 2 to 8", "--max-workers"
    )
    yield setting("fail_on", said.fail_on, "never", "--fail-on")
    yield setting("evidence", said.evidence, "masked", "--evidence")
    yield setting(
        "erasure_scope", said.erasure_scope, "each run its own", "--erasure-scope"
    )
    yield setting("drain", said.drain, "2.0", "--drain")
    yield setting("log.level", said.log.level, "WARNING", "--log-level")
    yield setting("log.format", said.log.format, "text", "--log-format")
    yield _organisation(known)
    trust = environ.get("WCT_TRUST_CONFIG")
    trusted = bool(trust) and click.BOOL.convert(trust, None, None)
    yield Setting(
        "trust_config",
        "yes" if trusted else "no",
        variable("WCT_TRUST_CONFIG") if trust else "default",
        "--trust-config",
        "WCT_TRUST_CONFIG",
    )


def _found(known: Configured, environ: Mapping[str, str]) -> str:
    if known.file is None:
        return "none here"
    if str(known.file) == environ.get("WCT_CONFIG"):
        return "WCT_CONFIG"
    return "found here" if known.file == USUAL else "--config"


def _ledger(known: Configured, environ: Mapping[str, str], variable: Any) -> Setting:
    name = "WCT_LEDGER"
    if given := environ.get(name):
        return Setting("ledger", shown(given), variable(name), "--ledger", name)
    if (place := known.ledger(environ)) is not None:
        return Setting("ledger", shown(str(place)), str(known.file), "--ledger", name)
    return Setting("ledger", str(DEFAULT), "default", "--ledger", name)


def _keys(known: Configured, environ: Mapping[str, str], variable: Any) -> Setting:
    name = "WCT_KEYS"
    if given := environ.get(name):
        return Setting("keys", given, variable(name), variable=name)
    place = environ.get("WCT_LEDGER") or known.ledger(environ) or DEFAULT
    beside = str(key_store(Path(place))) if "://" not in str(place) else None
    return Setting(
        "keys", beside or "the user's data directory", "default", variable=name
    )


def _organisation(known: Configured) -> Setting:
    controller = known.organisation and known.organisation.data_controller.name
    source = known.organisation_file
    return Setting("organisation", controller or None, str(source or "default"))


def _text(value: str | None) -> str:
    return "-" if value is None else value


def _document(known: Configured, lines: list[Setting]) -> dict[str, Any]:
    def text(path: Path | None) -> str | None:
        return None if path is None else str(path)

    return {
        "files": {
            "wct.yaml": text(known.file),
            ".env": text(known.environment_file),
            "organisation.yaml": text(known.organisation_file),
        },
        "settings": [each._asdict() for each in lines],
        "subscribers": [
            {
                "name": each.name,
                "transport": each.transport,
                "events": list(each.events),
                "on_replay": each.on_replay,
                "from_start": each.from_start,
            }
            for each in known.settings.subscribers
        ],
    }
