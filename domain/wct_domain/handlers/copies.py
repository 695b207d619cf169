"""Copies of a run: what leaves a ledger, and what comes from another."""

from wct_domain.commands import NoteExport, NoteImport
from wct_domain.events import RunExported, RunImported
from wct_domain.handlers.tools import Events


def note_export(command: NoteExport) -> Events:
    """Record that a copy leaves, before it does."""
    yield (RunExported(**command._asdict()),)


def note_import(command: NoteImport) -> Events:
    """Record that a run came from another ledger, after it did."""
    yield (RunImported(**command._asdict()),)
