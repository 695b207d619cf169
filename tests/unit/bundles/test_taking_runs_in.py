"""A run that comes from another ledger."""

from datetime import UTC, datetime

import pytest

from tests.unit.bundles.bundled_runs import (
    Held,
    bundle_of,
    bundled,
    checked,
    equipment_of,
    signed,
)
from tests.unit.verification.histories_to_verify import (
    AFTERWARDS,
    DOCUMENT,
    DONE,
    WHOLE,
    Stored,
    began,
    blob,
    noon,
    saved,
    started,
    verdict_on,
)
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.archive import BlobReader
from wct_domain.commands import NoteExport
from wct_domain.digests import Reference, blob_digest, canonical_json
from wct_domain.errors import (
    BlobDamagedError,
    ErasedError,
    LedgerWriteError,
    StreamTakenError,
)
from wct_domain.events import DataErased, RunExported, RunImported
from wct_domain.executor.copies import Taken, note_copy, take_in
from wct_domain.ports.ledger import Blob, NewEvent
from wct_domain.testing.ledger_samples import RUN, event_id

WHO = "0" * 32


def taken(ledger: MemoryLedger, held: Held) -> Taken:
    return take_in(equipment_of(ledger), checked(held), held, WHO)


def test_its_events_keep_their_hashes_and_one_says_where_they_are_from() -> None:
    source, held = bundled()
    target = MemoryLedger(noon)
    assert taken(target, held) == Taken(4, None)
    ours = list(target.rows(stream=RUN))
    theirs = list(source.rows(stream=RUN))
    assert [row.hash for row in ours[:3]] == [row.hash for row in theirs]
    assert [row.hash for row in target.rows(stream=AFTERWARDS)] == [
        row.hash for row in source.rows(stream=AFTERWARDS)
    ]
    *_, last = target.read(RUN)
    names = tuple(key.name for key in source.keys.verifier_keys())
    assert last.event == RunImported(by=WHO, log=source.log_id, size=7, signers=names)
    assert verdict_on(Stored.of(target)).sound


def test_taking_it_in_twice_changes_nothing() -> None:
    _, held = bundled()
    target = MemoryLedger(noon)
    taken(target, held)
    before = list(target.rows())
    assert taken(target, held) == Taken(0, None)
    assert list(target.rows()) == before


def test_a_later_bundle_of_it_changes_nothing() -> None:
    source, held = bundled()
    target = MemoryLedger(noon)
    taken(target, held)
    before = list(target.rows())
    note_copy(equipment_of(source), RUN, NoteExport(by=WHO, size=7))
    assert taken(target, bundle_of(source)).events == 0
    assert list(target.rows()) == before


def test_an_earlier_bundle_of_it_changes_nothing() -> None:
    source, early = bundled()
    note_copy(equipment_of(source), RUN, NoteExport(by=WHO, size=7))
    target = MemoryLedger(noon)
    taken(target, bundle_of(source))
    before = list(target.rows())
    assert taken(target, early).events == 0
    assert list(target.rows()) == before


def test_the_ledger_that_it_is_from_has_it_already() -> None:
    source, held = bundled()
    before = list(source.rows())
    assert taken(source, held).events == 0
    assert list(source.rows()) == before


def test_an_import_that_was_cut_short_is_finished() -> None:
    _, held = bundled()
    target = MemoryLedger(noon)
    rows = [row for row in checked(held).rows if row.stream == RUN]
    target.import_rows(rows, [blob(WHOLE), blob(DOCUMENT)])
    taken(target, held)
    *_, last = target.read(RUN)
    assert isinstance(last.event, RunImported)


def test_a_run_of_the_same_name_is_not_overwritten() -> None:
    _, held = bundled()
    target = MemoryLedger(noon)
    target.append(RUN, [began(50)], expected=0)
    with pytest.raises(StreamTakenError):
        taken(target, held)


def test_what_was_erased_here_stays_away() -> None:
    _, held = bundled()
    target = MemoryLedger(noon)
    taken(target, held)
    erased = DataErased(scope="0" * 32, blobs=1)
    gone = [blob_digest(WHOLE)]
    target.append(RUN, [NewEvent(event_id(60), erased)], expected=4, forget=gone)
    taken(target, held)
    assert blob_digest(WHOLE) not in target.blob_digests()


def sealed_run() -> tuple[MemoryLedger, Reference, Reference]:
    """A run with two sealed texts; the second is of another run of the same scope."""
    ledger = MemoryLedger(noon)
    sealer = ledger.keys.sealer("name/all")
    texts = [sealer.seal(b"\x00" + canonical_json(text)) for text in ("ours", "other")]
    ours, others = (
        Reference(blob=blob_digest(text), content="0" * 64) for text in texts
    )
    events = [started(70), saved(71, texts[0]), NewEvent(event_id(72), DONE)]
    ledger.append(
        RUN, events, expected=0, blobs=[Blob(ours.blob, texts[0]), blob(DOCUMENT)]
    )
    more = [saved(73, texts[1])]
    ledger.append("other", more, expected=0, blobs=[Blob(others.blob, texts[1])])
    return ledger, ours, others


def test_what_is_sealed_can_be_read_by_who_it_was_made_readable_for() -> None:
    source, ours, _ = sealed_run()
    target, stranger = MemoryLedger(noon), MemoryLedger(noon)
    held = bundle_of(source, reader=target.keys.reader)
    assert taken(target, held).keys == 1
    assert BlobReader(target, target.keys).document(ours) == "ours"
    assert taken(stranger, held).keys is None
    with pytest.raises(BlobDamagedError):
        BlobReader(stranger, stranger.keys).document(ours)


def test_other_runs_of_the_same_scope_are_not_made_readable() -> None:
    source, _, others = sealed_run()
    target = MemoryLedger(noon)
    taken(target, bundle_of(source, reader=target.keys.reader))
    with pytest.raises(BlobDamagedError):
        target.keys.open(source.blob(others.blob))


def test_what_was_erased_is_not_made_readable_again() -> None:
    source, ours, _ = sealed_run()
    target = MemoryLedger(noon)
    held = bundle_of(source, reader=target.keys.reader)
    taken(target, held)
    target.keys.destroy([source.keys.scope_of("name/all")])
    assert taken(target, held).keys == 0
    with pytest.raises(ErasedError):
        target.keys.open(source.blob(ours.blob))


def test_an_export_is_recorded_only_where_the_run_has_ended() -> None:
    ledger = MemoryLedger(lambda: datetime(2026, 11, 22, tzinfo=UTC))
    ledger.append(RUN, [began(80)], expected=0)
    note = NoteExport(by=WHO, size=1, readable_by="00000000", masked=True)
    with (
        ledger.locks.hold(RUN),
        pytest.raises(LedgerWriteError, match="is going on"),
    ):
        note_copy(equipment_of(ledger), RUN, note)
    ledger.append(RUN, [NewEvent(event_id(81), DONE)], expected=1)
    note_copy(equipment_of(ledger), RUN, note)
    *_, last = ledger.read(RUN)
    assert last.event == RunExported(
        by=WHO, size=1, readable_by="00000000", masked=True
    )
    assert signed(ledger).size == 3
