"""A run that comes from another ledger."""

import zlib
from collections.abc import Sequence
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
from wct_domain.bundle import (
    EVENTS,
    MANIFEST,
    SHARED,
    Manifest,
    about,
    events_member,
    rows_of,
)
from wct_domain.commands import NoteExport
from wct_domain.digests import Reference, blob_digest, canonical_json
from wct_domain.errors import (
    BlobDamagedError,
    BundleError,
    ErasedError,
    LedgerWriteError,
    StreamTakenError,
)
from wct_domain.events import (
    DataErased,
    ErasureRequested,
    Event,
    RunExported,
    RunImported,
    RunStarted,
)
from wct_domain.executor.copies import Taken, note_copy, take_in
from wct_domain.notes import sign
from wct_domain.ports.ledger import Blob, NewEvent
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id

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


def sealed_run(
    body: bytes = b'\x00"ours"',
) -> tuple[MemoryLedger, Reference, Reference]:
    """A run with two sealed texts; the second is of another run of the same scope."""
    ledger = MemoryLedger(noon)
    sealer = ledger.keys.sealer("name/all")
    texts = [sealer.seal(text) for text in (body, b'\x00"other"')]
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


def test_a_sealed_blob_that_grows_when_it_is_read_is_not_taken_in() -> None:
    source, bomb, _ = sealed_run(b"\x01" + zlib.compress(bytes(200 << 20), 9))
    target = MemoryLedger(noon)
    held = bundle_of(source, reader=target.keys.reader)
    assert checked(held).verdict.sound  # nobody else can open it
    with pytest.raises(BundleError, match=f"blob {bomb.blob} .* would be longer"):
        taken(target, held)
    assert list(target.rows()) == []


def test_keys_of_what_is_not_in_the_bundle_are_not_kept() -> None:
    source, ours, others = sealed_run()
    target = MemoryLedger(noon)
    held = bundle_of(source, reader=target.keys.reader)
    more = source.keys.share(
        [source.blob(each.blob) for each in (ours, others)],
        target.keys.reader,
        about(source.log_id, RUN),
    )
    held = held.with_change(SHARED, lambda _: more)
    assert taken(target, held.signed_again(source.keys.signer)).keys == 1
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


def made_up(*events: Event, stored: Sequence[bytes] = ()) -> MemoryLedger:
    """A ledger of somebody who can write what they like."""
    ledger = MemoryLedger(noon)
    news = [NewEvent(event_id(90 + at), each) for at, each in enumerate(events)]
    ledger.append(RUN, news, expected=0, blobs=[blob(each) for each in stored])
    return ledger


def start(scope: str | None, document: Reference) -> RunStarted:
    return RunStarted(runbook="made up", steps=(), document=document, scope=scope)


def own_run(ledger: MemoryLedger) -> tuple[str, Reference]:
    """Record a sealed run; return its scope, and what it has stored."""
    sealer = ledger.keys.sealer(f"run/{OTHER}")
    stored = sealer.seal(b"\x00" + canonical_json("ours"))
    reference = Reference(blob=blob_digest(stored), content="0" * 64)
    news = [NewEvent(event_id(1), start(sealer.scope, reference))]
    ledger.append(OTHER, news, expected=0, blobs=[blob(stored)])
    return sealer.scope, reference


def test_a_bundle_cannot_have_another_run_erased() -> None:
    target = MemoryLedger(noon)
    scope, reference = own_run(target)
    request = ErasureRequested(scope=scope, reason="other", by=WHO)
    plain = Reference(blob=blob_digest(WHOLE), content="0" * 64)
    held = bundle_of(made_up(start(None, plain), request, DONE, stored=[WHOLE]))
    (flaw,) = checked(held).verdict.flaws
    assert flaw == (f"event 2 of {RUN}", "asks for an erasure that is not done")
    assert BlobReader(target, target.keys).document(reference) == "ours"


@pytest.mark.parametrize("scope", [None, "1" * 32])
def test_a_bundle_cannot_have_a_part_in_what_another_run_has_stored(
    scope: str | None,
) -> None:
    target = MemoryLedger(noon)
    _, theirs = own_run(target)
    for stored in ([target.blob(theirs.blob)], []):
        claim = DataErased(scope="2" * 32, blobs=1)
        source = made_up(start(scope, theirs), DONE, claim, stored=stored)
        held = bundle_of(source)
        assert checked(held).verdict.sound
        with pytest.raises(LedgerWriteError, match=theirs.blob):
            taken(target, held)
        assert [stream.name for stream in target.streams()] == [OTHER]


def test_a_bundle_cannot_add_to_a_run_that_is_here() -> None:
    source, _ = bundled()
    target = MemoryLedger(noon)
    target.append(RUN, [started(1), began(2)], expected=0, blobs=[blob(DOCUMENT)])
    with pytest.raises(StreamTakenError):
        taken(target, bundle_of(source))
    assert [stream.name for stream in target.streams()] == [RUN]


def test_what_a_bundle_says_was_erased_is_not_said_of_other_runs() -> None:
    target = MemoryLedger(noon)
    scope, _ = own_run(target)
    plain = Reference(blob=blob_digest(WHOLE), content="0" * 64)
    claim = DataErased(scope=scope, blobs=0)
    taken(target, bundle_of(made_up(start(None, plain), DONE, claim, stored=[WHOLE])))
    assert verdict_on(Stored.of(target)).sound


def test_that_a_run_was_taken_in_is_not_for_its_bundle_to_say() -> None:
    plain = Reference(blob=blob_digest(WHOLE), content="0" * 64)
    claim = RunImported(by=WHO, log=RUN, size=1, signers=("a trusted key",))
    source = made_up(start(None, plain), DONE, claim, stored=[WHOLE])
    held, target = bundle_of(source), MemoryLedger(noon)
    for _ in range(2):
        taken(target, held)
        *_, last = target.read(RUN)
        assert isinstance(last.event, RunImported)
        assert (last.event.log, last.position) == (source.log_id, 4)


class Impostor(MemoryLedger):
    """A ledger that says it is another one."""

    claimed = ""

    @property
    def log_id(self) -> str:
        return self.claimed


def test_the_id_of_a_ledger_alone_does_not_make_a_run_its_own() -> None:
    plain = Reference(blob=blob_digest(WHOLE), content="0" * 64)
    source, target = Impostor(noon), MemoryLedger(noon)
    source.claimed = target.log_id
    news = [NewEvent(event_id(90), start(None, plain)), NewEvent(event_id(91), DONE)]
    source.append(RUN, news, expected=0, blobs=[blob(WHOLE)])
    held = bundle_of(source)
    assert checked(held).manifest.log == target.log_id
    taken(target, held)
    *_, last = target.read(RUN)
    assert isinstance(last.event, RunImported)


def test_a_run_of_this_ledger_stays_its_own_whoever_signs_it() -> None:
    target, thief = MemoryLedger(noon), MemoryLedger(noon)
    own_run(target)
    held = bundle_of(target, OTHER)
    rows = checked(held).rows
    thief.import_rows(rows, [blob(target.blob(each)) for each in target.blob_digests()])
    assert taken(target, bundle_of(thief, OTHER)).events == 0
    assert [row.hash for row in target.rows()] == [row.hash for row in rows]


def test_keys_of_this_ledger_are_not_shared_for_a_run_of_another() -> None:
    source, _, _ = sealed_run()
    target, reader = MemoryLedger(noon), MemoryLedger(noon).keys.reader
    taken(target, bundle_of(source))
    with pytest.raises(BlobDamagedError, match="without the keys"):
        bundle_of(target, reader=reader)
    taken(
        readable := MemoryLedger(noon), bundle_of(source, reader=readable.keys.reader)
    )
    assert checked(bundle_of(readable, reader=reader)).verdict.sound


@pytest.mark.parametrize("name", ["..", "a\nb", "\x1b[2J", ""])
def test_a_run_with_an_odd_name_is_no_bundle(name: str) -> None:
    ledger, held = bundled()
    manifest, _ = Manifest.parse(held.members[MANIFEST])
    text = manifest.model_copy(update={"run": name}).text()
    signer = ledger.keys.signer
    note = str(sign(text, signer.key, signer.sign)).encode()
    with pytest.raises(BundleError):
        checked(held.with_change(MANIFEST, lambda _: note))
    rows = [row._replace(stream=name) for row in rows_of(held.members[EVENTS])]
    with pytest.raises(BundleError):
        list(rows_of(events_member(rows)))
