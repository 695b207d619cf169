"""What was found and what was not read, as several commands print it."""

from collections.abc import Iterator, Mapping, Sequence

from wct_domain.archive import BlobReader
from wct_domain.errors import LedgerError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.found import Found
from wct_domain.projections.gaps import gaps_in
from wct_domain.projections.run import Run
from wct_entrypoints.cli import error_texts
from wct_entrypoints.cli.printing import table_lines, wrapped


def gaps_of(run: Run, ledger: Ledger, away: str | None = None) -> dict[str, list[str]]:
    """Look up what the connectors of a run did not read, where there is anything.

    Names of files and tables are masked as errors are: they may hold a value, and a
    reason what a component was told. ``away`` says what became of the notes, to go
    behind "it", if they cannot be read.
    """
    blobs = BlobReader(ledger, ledger.keys)
    gaps: dict[str, list[str]] = {}
    for source in run.sources:
        try:
            lines = gaps_in(source, blobs)
        except LedgerError as error:
            lines = [f"the list {away}" if away else f"not known: {error}"]
        if lines:
            gaps.setdefault(source.connector, []).extend(map(error_texts.shown, lines))
    return gaps


def found_lines(found: Sequence[Found], most: int | None = None) -> Iterator[str]:
    """Lay findings out as a table, at most so many kinds of them."""
    if not found:
        return
    from wct_domain.analysis.masking import mask_text

    yield ""
    rows = [
        (each.what, each.risk, f"{each.count:,}", mask_text(each.instance))
        for each in found[:most]
    ]
    heading = ("FOUND", "RISK", "FINDINGS", "FOR INSTANCE IN")
    yield from table_lines([heading, *rows], right=(2,), flexible=(3, 0))
    if most is not None and len(found) > most:
        yield f"... and {len(found) - most} more kinds: 'wct show' lists them"


def gap_lines(gaps: Mapping[str, Sequence[str]], most: int) -> Iterator[str]:
    """Say what was not read, source by source, at most so many lines of each."""
    for connector, lines in gaps.items():
        yield ""
        yield wrapped("", f"Not scanned in {connector}:")
        for line in lines[:most]:
            yield wrapped("  ", line)
        if len(lines) > most:
            yield f"  ... and {len(lines) - most} more: 'wct show' lists them"
