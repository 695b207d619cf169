"""``wct replay --verify``: a run's steps done again, and compared."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from wct_domain.comparison.findings import FindingsCompared
from wct_domain.components import Components
from wct_domain.errors import LedgerError, WctError
from wct_domain.executor.reverification import Installed, Reverification
from wct_domain.executor.verified import RunVerified, Verdict, Verified
from wct_domain.ports.ledger import Ledger
from wct_domain.ports.own_files import OwnFiles
from wct_domain.runbook import Runbook
from wct_domain.services import Provided, ServiceContainer
from wct_entrypoints import plugins
from wct_entrypoints.bootstrap.application import VERSIONS, load_runbook
from wct_entrypoints.bootstrap.components import installed
from wct_entrypoints.bootstrap.ledgers import ledger_files, ledger_place
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
from wct_entrypoints.cli.differing import (
    MaskedFindings,
    difference_document,
    shown,
    value_text,
)
from wct_entrypoints.cli.ledger_access import find_run, reading
from wct_entrypoints.cli.printing import print_json, print_lines, table_lines, wrapped
from wct_entrypoints.cli.shared import (
    FAILED_STEPS,
    GATE,
    LedgerPlace,
    counted,
    printable,
)
from wct_entrypoints.cli.started_elsewhere import elsewhere

_PLACES = 10  # of a result, that a divergence names
_FINDINGS = 20


def verify(
    wanted: str, runbook: Path | None, given: LedgerPlace | None, *, as_json: bool
) -> int:
    """Do the steps of a run again, say what came of it, and return the exit status.

    Raises:
        RunNotFoundError, RunbookError: there is no such run, or no such runbook.
        LedgerError: the ledger cannot be read.
    """
    with reading(given) as ledger:
        run = find_run(ledger, wanted)
        verified = reverification(ledger, run, runbook, given).verified()
    if as_json:
        print_json(_document(verified))
    else:
        print_lines(_lines(verified))
    verdicts = {each.verdict for each in verified.steps}
    if Verdict.DIVERGED in verdicts:
        return GATE
    return 0 if verdicts <= {Verdict.SAME, Verdict.NOTHING_TO_DO} else FAILED_STEPS


def reverification(
    ledger: Ledger, run: str, runbook: Path | None, given: LedgerPlace | None
) -> Reverification:
    """Gather what is installed, to do steps of a run again. Raises as ``verify``."""
    path, directory = _began_with(ledger, run)
    if directory is not None and (warning := elsewhere(directory, run)) is not None:
        click.echo(printable(f"Warning: {warning}"), err=True)
    file = load_runbook(runbook).runbook if runbook else _read(path)
    return Reverification(ledger, run, _installed(given), file)


def _began_with(ledger: Ledger, run: str) -> tuple[Path | None, Path | None]:
    """Return where the runbook was, and in which directory the run was started."""
    from wct_domain.archive import BlobReader
    from wct_domain.projections.run import Run

    opening = Run.of(ledger.read(run)).document
    if opening is None:
        return None, None
    try:
        document = BlobReader(ledger, ledger.keys).document(opening)
    except LedgerError:
        return None, None
    path, directory = document.get("path"), document.get("directory")
    return path and Path(path), directory and Path(directory)


def _read(path: Path | None) -> Runbook | None:
    """Read the runbook file where the run found it; None if it is not there now."""
    try:
        return None if path is None else load_runbook(path).runbook
    except WctError:
        return None  # it is needed only where a secret is hidden, which says so


def _installed(given: LedgerPlace | None) -> Installed:
    # The ledger's own files are not read now either.
    own = OwnFiles(ledger_files(ledger_place(given)))
    container = ServiceContainer()
    container.register(OwnFiles, Provided(lambda: own))
    plugins.load_schemas()
    components: Components = installed(container)
    return Installed(components, RegisteredSchemas(), VERSIONS, time.perf_counter_ns)


def _document(verified: RunVerified) -> dict[str, Any]:
    masked = MaskedFindings(RegisteredSchemas())
    first = verified.first_divergence
    return {
        "run": verified.facts.run.id,
        "steps": [
            {
                "step": each.step,
                "verdict": each.verdict,
                "why": None if each.why is None else shown(each.why),
                "expected": each.expected,
                "got": each.got,
                "findings": _findings_document(each.findings, masked),
                "places": each.places[:_PLACES],
                "source": each.source,
            }
            for each in verified.steps
        ],
        "first_divergence": first and first.step,
        "differs": [difference_document(each) for each in verified.differs],
    }


def _findings_document(
    found: FindingsCompared | None, masked: MaskedFindings
) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "appeared": [masked.content(each) for each in found.appeared],
        "vanished": [masked.content(each) for each in found.vanished],
        "changed": [masked.content(each.after) for each in found.changed],
        "same": found.same,
    }


def _lines(verified: RunVerified) -> Iterator[str]:
    yield f"Run {verified.facts.run.id}, its steps done again"
    yield ""
    rows = [
        (each.step, str(each.verdict), shown(each.source or each.why or ""))
        for each in verified.steps
    ]
    yield from table_lines(rows, indent=2, flexible=(2, 0))
    first = verified.first_divergence
    if first is not None:
        yield from _divergence(first)
    if verified.differs:
        yield from ("", "What differs from then")
        for each in verified.differs:
            change = f"{value_text(each.before)} → {value_text(each.after)}"
            yield wrapped(f"  {shown(each.place)}: ", change)
    elif first is not None:
        yield ""
        yield wrapped(
            "",
            "Versions, rules and runbook are those of then: the step decides by "
            "something that is not recorded.",
        )
    yield from ("", _summary(verified))


def _divergence(first: Verified) -> Iterator[str]:
    yield from ("", f"First divergence: {first.step}")
    yield wrapped("  expected  ", first.expected or "")
    yield wrapped("  got       ", first.got or "")
    if first.why is not None:
        yield wrapped("  why       ", shown(first.why))
    masked = MaskedFindings(RegisteredSchemas())
    found = first.findings
    if found is not None:
        signs = [("-", each) for each in found.vanished]
        signs += [("+", each) for each in found.appeared]
        signs += [("~", each.after) for each in found.changed]
        for sign, finding in signs[:_FINDINGS]:
            yield wrapped(f"  {sign} ", masked.line(finding))
        if len(signs) > _FINDINGS:
            yield f"  ... and {len(signs) - _FINDINGS:,} more"
    for place in first.places[:_PLACES]:
        yield wrapped("  differs at ", shown(place))
    if len(first.places) > _PLACES:
        yield f"  ... and at {len(first.places) - _PLACES:,} more places"


def _summary(verified: RunVerified) -> str:
    counts = {
        verdict: sum(each.verdict is verdict for each in verified.steps)
        for verdict in Verdict
    }
    said = ", ".join(f"{n:,} {verdict}" for verdict, n in counts.items() if n)
    return f"{counted(len(verified.steps), 'step')}: {said}"
