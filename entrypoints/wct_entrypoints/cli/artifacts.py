"""``wct artifacts``: what a run's steps produced, rebuilt from the ledger."""

from typing import Any

import click

from wct_domain.archive import BlobReader
from wct_domain.errors import (
    ArtifactStoreError,
    BlobDamagedError,
    BlobMissingError,
    ErasedError,
)
from wct_domain.message import Message
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.inventory import Inventory, Kept
from wct_domain.projections.run import Run
from wct_domain.projections.timeline import size
from wct_entrypoints.cli.closed import why_closed
from wct_entrypoints.cli.completing import run_ids, step_ids
from wct_entrypoints.cli.gone import why_gone
from wct_entrypoints.cli.ledger_access import find_run, reading, writing
from wct_entrypoints.cli.printing import (
    local,
    print_json,
    print_lines,
    table_lines,
    utc,
)
from wct_entrypoints.cli.shared import (
    LedgerPlace,
    errors_end_the_command,
    json_option,
    ledger_option,
)

_HEADINGS = ("STEP", "SCHEMA", "ITEMS", "RECORDED", "SAVED", "SIZE")


@click.command()
@click.argument("run", metavar="RUN", shell_complete=run_ids)
@click.argument("step", metavar="[STEP]", required=False, shell_complete=step_ids)
@click.option(
    "--evidence",
    type=click.Choice(["masked", "full"]),
    default="masked",
    show_default=True,
    help="'full' shows raw evidence; that you did is recorded in the run.",
)
@ledger_option
@json_option
def artifacts(
    *,
    run: str,
    step: str | None,
    evidence: str,
    ledger: LedgerPlace | None,
    as_json: bool,
) -> None:
    """List what the steps of RUN produced, or print what STEP produced.

    RUN is an id, any beginning of one that is unambiguous, or 'latest'. SAVED tells
    artifacts, which later steps could read (save_output: true), from the results of
    other steps, which are in the ledger too. SIZE is recorded of artifacts only.

    With STEP a message is printed, as JSON with or without --json: run, step, saved,
    id, schema (name, version), content, context, schema_validated. Personal data in it
    is masked. --evidence full shows it; for that, the run must have ended and the
    ledger be writable, because an event (evidence.revealed) is recorded before.

    The list as --json: objects of step, schema, items, size (bytes; null where it is
    not recorded), recorded_at (UTC), saved, gone (null, or when and why it was erased
    or pruned). What is gone stays in the list, and cannot be printed: exit status 1.
    """
    if step is None and evidence == "full":
        msg = "'full' needs a STEP: the list shows no evidence."
        raise click.BadParameter(msg, param_hint="'--evidence'")
    with errors_end_the_command():
        if step is None:
            _print_list(run, ledger, as_json=as_json)
        elif evidence == "full":
            _print_in_full(run, step, ledger)
        else:
            _print_masked(run, step, ledger)


def _print_list(wanted: str, given: LedgerPlace | None, *, as_json: bool) -> None:
    with reading(given) as ledger:
        run = find_run(ledger, wanted)
        history = list(ledger.read(run))
        found = Inventory.of(history).kept.values()
        gone = why_gone(Run.of(history))
        blobs = BlobReader(ledger, ledger.keys)
        listed = [(kept, kept.schema or _own_schema(kept, blobs)) for kept in found]
    if as_json:
        print_json([_entry(kept, schema, gone) for kept, schema in listed])
    elif listed:
        rows = [_HEADINGS, *(_row(kept, schema) for kept, schema in listed)]
        print_lines(table_lines(rows, right=(2, 5), flexible=(0,)))
        if gone:
            click.echo(f"What these steps produced was {gone}.", err=True)
    elif gone:
        click.echo(f"What run {run} produced was {gone}.", err=True)
    else:
        click.echo(f"No step of run {run} has a result.", err=True)


def _print_masked(wanted: str, step: str, given: LedgerPlace | None) -> None:
    with reading(given) as ledger:
        run = find_run(ledger, wanted)
        print_masked(ledger, run, _kept(ledger, run, step))


def print_masked(ledger: Ledger, run: str, kept: Kept) -> None:
    """Print what a step produced, personal data masked.

    Raises:
        LedgerError: it is gone, or damaged.
    """
    message = _message(ledger, run, kept)
    # Here, because the list needs neither schemas nor detectors.
    from wct_entrypoints import plugins
    from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
    from wct_entrypoints.cli.masked import Masked

    plugins.load_schemas()
    print_json(
        message_document(run, kept, Masked(RegisteredSchemas()).message(message))
    )


def _print_in_full(wanted: str, step: str, given: LedgerPlace | None) -> None:
    from wct_entrypoints.bootstrap.evidence import record_revealed

    with writing(given) as ledger:
        run = find_run(ledger, wanted)
        kept = _kept(ledger, run, step)
        message = _message(ledger, run, kept)
        record_revealed(ledger, run, command="artifacts", step=step)
    print_json(message_document(run, kept, message))


def _kept(ledger: Ledger, run: str, step: str) -> Kept:
    kept = Inventory.of(ledger.read(run)).kept
    if step not in kept:
        # Here, because nearly always there is something to print.
        from wct_entrypoints.cli.missing_results import why_missing

        reason = why_missing(Run.of(ledger.read(run)), step, kept)
        raise ArtifactStoreError(reason)
    return kept[step]


def _message(ledger: Ledger, run: str, kept: Kept) -> Message:
    try:
        return BlobReader(ledger, ledger.keys).message(kept.result)
    except (BlobMissingError, BlobDamagedError, ErasedError) as error:
        what = f"what step '{kept.name}' of run {run} produced"
        folded = Run.of(ledger.read(run))
        if gone := why_gone(folded):
            msg = f"{what} was {gone}"
            raise ErasedError(msg) from error
        if closed := why_closed(folded, ledger):
            msg = f"{what} cannot be shown here: {closed}"
            raise type(error)(msg) from error
        msg = f"{what} cannot be rebuilt: {error}"
        raise type(error)(msg) from error


def _own_schema(kept: Kept, blobs: BlobReader) -> str | None:
    """Ask a message for its schema, where no step said it."""
    try:
        schema = blobs.message(kept.result).schema
    except (BlobMissingError, BlobDamagedError, ErasedError):
        return None
    return None if schema is None else f"{schema.name}/{schema.version}"


def message_document(run: str, kept: Kept, message: Message) -> dict[str, Any]:
    """Put what a step produced into the shape that programs read."""
    schema = message.schema
    return {
        "run": run,
        "step": kept.name,
        "saved": kept.saved,
        "id": message.id,
        "schema": None
        if schema is None
        else {"name": schema.name, "version": schema.version},
        "content": message.content,
        "context": message.context,
        "schema_validated": message.schema_validated,
    }


def _entry(kept: Kept, schema: str | None, gone: str | None) -> dict[str, Any]:
    return {
        "step": kept.name,
        "schema": schema,
        "items": kept.items,
        "size": kept.size,
        "recorded_at": utc(kept.at),
        "saved": kept.saved,
        "gone": gone,
    }


def _row(kept: Kept, schema: str | None) -> tuple[str, ...]:
    return (
        kept.name,
        schema or "",
        f"{kept.items:,}",
        local(kept.at),
        "yes" if kept.saved else "no",
        "-" if kept.size is None else size(kept.size),
    )
