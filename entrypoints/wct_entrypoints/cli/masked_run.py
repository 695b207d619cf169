"""All of a run that may be shown to people who need not see personal data."""

from typing import Any

from wct_domain.archive import BlobReader
from wct_domain.errors import BlobDamagedError, BlobMissingError, ErasedError
from wct_domain.ports.ledger import Ledger
from wct_domain.projections.inventory import Inventory
from wct_entrypoints import plugins
from wct_entrypoints.bootstrap.files import serialise
from wct_entrypoints.bootstrap.schemas import RegisteredSchemas
from wct_entrypoints.cli.artifacts import message_document
from wct_entrypoints.cli.masked import Masked
from wct_entrypoints.cli.run_report import document, report_on


def masked_run(ledger: Ledger, run: str) -> bytes:
    """Return what ``wct show --json`` and ``wct artifacts`` show of a run, as JSON.

    Where the ledger is stays out of it: that is nobody else's business.
    """
    shown: dict[str, Any] = document(report_on(ledger, run))
    del shown["ledger"]
    plugins.load_schemas()
    view, blobs = Masked(RegisteredSchemas()), BlobReader(ledger, ledger.keys)
    artifacts: list[dict[str, Any]] = []
    for kept in Inventory.of(ledger.read(run)).kept.values():
        try:
            message = view.message(blobs.message(kept.result))
        except (BlobMissingError, BlobDamagedError, ErasedError):
            continue  # erased or pruned, as the report says
        artifacts.append(message_document(run, kept, message))
    return serialise({"run": shown, "artifacts": artifacts}) + b"\n"
