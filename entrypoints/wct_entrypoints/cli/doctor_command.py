"""What ``wct doctor`` does: make all checks, and lay out what they found."""

import os
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from wct_domain.errors import LedgerEmptyError
from wct_entrypoints.bootstrap.diagnosis import open_to_look
from wct_entrypoints.bootstrap.ledgers import key_store, ledger_place, shown
from wct_entrypoints.cli.doctor_contents import content_checks, contents_of
from wct_entrypoints.cli.doctor_files import file_checks, is_there
from wct_entrypoints.cli.doctor_installation import installation_checks
from wct_entrypoints.cli.doctor_keys import key_checks, key_file_checks
from wct_entrypoints.cli.doctor_leftovers import leftover_checks
from wct_entrypoints.cli.doctor_lines import Check, Group, Level, Line, failed, group
from wct_entrypoints.cli.doctor_rows import row_checks
from wct_entrypoints.cli.doctor_server import horizon_checks, server_checks
from wct_entrypoints.cli.doctor_subscribers import subscriber_checks
from wct_entrypoints.cli.printing import painted, print_json, print_lines, wrapped
from wct_entrypoints.cli.shared import LedgerPlace, counted, printable


def examine(given: LedgerPlace | None, *, as_json: bool) -> int:
    """Look at everything, print it, and return how many errors there are."""
    place = ledger_place(given)
    named = given is not None or bool(os.environ.get("WCT_LEDGER"))
    groups = [
        group("Installation", installation_checks()),
        *_of_ledger(place, named=named),
    ]
    if (left := group("Files", leftover_checks(place))).lines:
        groups.append(left)
    levels = [line.level for each in groups for line in each.lines]
    errors, warnings = levels.count(Level.ERROR), levels.count(Level.WARNING)
    if as_json:
        print_json(_document(place, groups, errors, warnings))
    else:
        print_lines(_lines(groups, errors, warnings))
    return errors


def _of_ledger(place: Path | str, *, named: bool) -> Iterator[Group]:
    checks: dict[str, Check]
    if isinstance(place, str):
        checks, looked_for = server_checks(place), True
    else:
        checks, looked_for = file_checks(place, named=named), is_there(place)
    title = f"Ledger {shown(str(place))}"
    outside = group(title, checks)
    if not looked_for:
        yield outside
        return
    with ExitStack() as stack:
        try:
            ledger = open_to_look(place)
            stack.callback(ledger.close)
            contents = contents_of(ledger)
        except LedgerEmptyError:
            text = "there is no ledger yet: 'wct run RUNBOOK' makes it"
            yield Group(title, (*outside.lines, Line("place", text)))
            return
        except Exception as error:  # noqa: BLE001  # what else there is to say is said
            line = failed("contents", error)
            known = {each.text for each in outside.lines}
            lines = outside.lines if line.text in known else (*outside.lines, line)
            yield Group(title, lines)
            if isinstance(place, Path):
                yield group("Keys", key_file_checks(key_store(place)))
            return
        inside = {
            **horizon_checks(ledger),
            **content_checks(ledger, contents),
            **row_checks(ledger),
        }
        yield Group(title, (*outside.lines, *group("", inside).lines))
        subscribers = group("Subscribers", subscriber_checks(ledger))
        if subscribers.lines:
            yield subscribers
        yield group("Keys", key_checks(ledger, contents, place))


def _lines(groups: Sequence[Group], errors: int, warnings: int) -> Iterator[str]:
    width = max(len(line.check) for each in groups for line in each.lines)
    for each in groups:
        yield printable(each.title)
        for line in each.lines:
            head = f"  {line.level:<7}  {line.check:<{width}}  "
            text = wrapped(head, line.text)
            yield text.replace(line.level, painted(line.level), 1)
            if line.way_out is not None:
                yield wrapped(" " * len(head) + "-> ", line.way_out)
        yield ""
    yield f"{counted(errors, 'error')}, {counted(warnings, 'warning')}"


def _document(
    place: Path | str, groups: Sequence[Group], errors: int, warnings: int
) -> dict[str, Any]:
    return {
        "ledger": shown(str(place)),
        "errors": errors,
        "warnings": warnings,
        "checks": [
            {
                "group": each.title.partition(" ")[0].lower(),
                "check": line.check,
                "level": str(line.level),
                "text": line.text,
                "way_out": line.way_out,
                "facts": dict(line.facts),
            }
            for each in groups
            for line in each.lines
        ],
    }
