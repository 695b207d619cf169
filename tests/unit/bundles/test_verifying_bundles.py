"""What is found in a bundle that somebody has changed."""

import json
import zlib
from collections.abc import Callable

import pytest

from tests.unit.bundles.bundled_runs import (
    Held,
    bundle_of,
    bundled,
    checked,
    signed,
)
from tests.unit.verification.histories_to_verify import (
    DOCUMENT,
    DONE,
    LATER,
    LIST,
    PARTS,
    WHOLE,
    began,
    blob,
    noon,
    recorded_ledger,
    saved,
    started,
)
from wct_adapters.ledgers.ciphers import SigningKey
from wct_adapters.ledgers.memory import MemoryLedger
from wct_domain.bundle import (
    BLOBS,
    CHECKPOINT,
    EVENTS,
    MANIFEST,
    PROOF,
    VERIFIERS,
    events_member,
    rows_of,
)
from wct_domain.bundling import bundle_members
from wct_domain.checkpoints import add_checkpoint
from wct_domain.digests import blob_digest
from wct_domain.errors import BundleError
from wct_domain.events import DataErased, PluginNoted
from wct_domain.notes import sign
from wct_domain.ports.ledger import NewEvent
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id

BLOBS_OF_BOTH = [blob(each) for each in (DOCUMENT, WHOLE, LIST, *PARTS)]
WHOLE_BLOB = BLOBS + blob_digest(WHOLE)


def unreadable(number: int) -> NewEvent:
    event = PluginNoted(plugin="p", name="n", data={}).model_copy()
    object.__setattr__(event, "type", "step.failed/1")
    return NewEvent(event_id(number), event)


def refused(held: Held) -> bool:
    """Say whether a bundle is found out, one way or the other."""
    try:
        return not checked(held).verdict.sound
    except BundleError:
        return True


def test_a_bundle_is_sound_without_its_ledger() -> None:
    ledger, held = bundled()
    verdict = checked(held).verdict
    assert verdict.flaws == []
    assert (verdict.run, verdict.log_id, verdict.size) == (RUN, ledger.log_id, 7)
    assert (verdict.events, verdict.streams, verdict.blobs) == (4, 2, 3)
    assert verdict.signers == set(ledger.keys.verifier_keys())


def test_it_is_the_same_each_time_that_it_is_made() -> None:
    ledger, held = bundled()
    assert bundle_of(ledger) == held


def test_other_runs_stay_at_home() -> None:
    ledger, held = bundled()
    assert OTHER.encode() not in b"".join(held.members.values())
    assert {row.stream for row in rows_of(held.members[EVENTS])}.isdisjoint({OTHER})
    assert checked(bundle_of(ledger, OTHER)).verdict.sound


@pytest.mark.parametrize("name", bundled()[1].names())
def test_a_member_that_was_changed_is_found(name: str) -> None:
    if name.startswith(BLOBS):
        name = WHOLE_BLOB
    _, held = bundled()
    assert refused(held.with_change(name, lambda content: content + b"\n"))
    assert refused(held.with_change(name, lambda content: content[:-1]))
    assert refused(held.without(name))


def test_a_member_too_much_is_found() -> None:
    _, held = bundled()
    assert refused(Held({**held.members, BLOBS + "0" * 64: b"smuggled"}))


Change = Callable[[Held], Held]


def event_changed(held: Held) -> Held:
    rows = list(rows_of(held.members[EVENTS]))
    rows[1] = rows[1]._replace(payload=b"{}")
    return held.with_change(EVENTS, lambda _: events_member(rows))


def event_gone(held: Held) -> Held:
    rows = list(rows_of(held.members[EVENTS]))
    return held.with_change(EVENTS, lambda _: events_member([*rows[:1], *rows[2:]]))


def stream_made_up(held: Held) -> Held:
    rows = [
        row._replace(stream=f"artifacts/{OTHER}/{OTHER}") if "/" in row.stream else row
        for row in rows_of(held.members[EVENTS])
    ]
    return held.with_change(EVENTS, lambda _: events_member(rows))


def events_swapped(held: Held) -> Held:
    rows = list(rows_of(held.members[EVENTS]))
    return held.with_change(EVENTS, lambda _: events_member(rows[::-1]))


def node_changed(held: Held) -> Held:
    def change(content: bytes) -> bytes:
        proof = json.loads(content)
        proof["nodes"][0][2] = "0" * 64
        return json.dumps(proof, separators=(",", ":")).encode() + b"\n"

    return held.with_change(PROOF, change)


def blob_changed(held: Held) -> Held:
    return held.with_change(WHOLE_BLOB, lambda content: content + b"!")


def blob_gone(held: Held) -> Held:
    return held.without(WHOLE_BLOB)


def blob_smuggled(held: Held) -> Held:
    return Held({**held.members, BLOBS + blob_digest(b"?"): b"?"})


@pytest.mark.parametrize(
    "change",
    [
        event_changed,
        event_gone,
        stream_made_up,
        events_swapped,
        node_changed,
        blob_changed,
        blob_gone,
        blob_smuggled,
    ],
)
def test_what_does_not_fit_is_found_also_where_the_manifest_was_signed_again(
    change: Change,
) -> None:
    ledger, held = bundled()
    changed = change(held).signed_again(ledger.keys.signer)
    assert not checked(changed).verdict.sound


def test_a_bundle_that_a_stranger_signed_is_refused_where_a_key_is_given() -> None:
    ledger, held = bundled()
    stranger = SigningKey.new(f"wct/{ledger.log_id}")
    forged = held.with_change(VERIFIERS, lambda own: own + f"{stranger.key}\n".encode())
    forged = forged.signed_again(stranger)
    assert checked(forged).verdict.sound  # by its own word
    (own,) = ledger.keys.verifier_keys()
    assert not checked(forged, own).verdict.sound
    assert checked(held, own).verdict.sound


def test_a_checkpoint_of_another_log_does_not_prove_it() -> None:
    ledger, held = bundled()
    other, foreign = bundled()
    mixed = held.with_change(CHECKPOINT, lambda _: foreign.members[CHECKPOINT])
    lines = b"".join(
        f"{key}\n".encode()
        for keys in (ledger.keys, other.keys)
        for key in keys.verifier_keys()
    )
    mixed = mixed.with_change(VERIFIERS, lambda _: lines)
    verdict = checked(mixed.signed_again(ledger.keys.signer)).verdict
    assert any("it is of the log" in flaw.what for flaw in verdict.flaws)


def test_an_erased_run_is_sound_without_its_blobs() -> None:
    ledger = recorded_ledger()
    gone = [blob_digest(WHOLE), blob_digest(LATER)]
    event = NewEvent(event_id(30), DataErased(scope="0" * 32, blobs=2))
    ledger.append(RUN, [event], expected=3, forget=gone)
    verdict = checked(bundle_of(ledger)).verdict
    assert verdict.sound
    assert (verdict.blobs, verdict.erased) == (1, 2)


def test_a_kept_checkpoint_of_the_same_size_must_be_the_same() -> None:
    ledger, held = bundled()
    assert checked(held, kept=[signed(ledger).note]).verdict.sound


def test_an_older_kept_checkpoint_needs_its_proof() -> None:
    ledger = recorded_ledger()
    older = next(ledger.checkpoints()).note
    without = checked(bundle_of(ledger), kept=[older]).verdict
    assert [flaw.place for flaw in without.flaws] == ["kept checkpoint at 2"]
    assert "export again with --checkpoint" in without.flaws[0].what
    proven = bundle_of(ledger, kept=[older])
    assert checked(proven, kept=[older]).verdict.sound


class Restored(MemoryLedger):
    """A ledger that had another id when it was backed up."""

    before: tuple[str, ...] = ()

    @property
    def former_ids(self) -> tuple[str, ...]:
        return self.before


def test_a_checkpoint_of_what_a_ledger_was_restored_from_is_as_good() -> None:
    lost = recorded_ledger()
    older = next(lost.checkpoints()).note
    restored = Restored(noon)
    restored.before = (lost.log_id,)
    for stream in (RUN, OTHER):
        rows = list(lost.rows(stream=stream))
        restored.import_rows(rows[:2] if stream == RUN else rows, BLOBS_OF_BOTH)
    restored.append(RUN, [NewEvent(event_id(5), DONE)], expected=2)
    held = bundle_of(restored, kept=[older])
    lines = f"{restored.keys.signer.key}\n{lost.keys.signer.key}\n".encode()
    held = held.with_change(VERIFIERS, lambda _: lines)
    held = held.signed_again(restored.keys.signer)
    assert checked(held).manifest.former == (lost.log_id,)
    assert checked(held, kept=[older]).verdict.flaws == []
    restored.before = ()
    unknown = bundle_of(restored, kept=[older]).with_change(VERIFIERS, lambda _: lines)
    verdict = checked(unknown.signed_again(restored.keys.signer), kept=[older]).verdict
    assert "it is of the log" in verdict.flaws[0].what


def test_a_bundle_of_another_history_does_not_fit_a_kept_checkpoint() -> None:
    ledger = recorded_ledger()
    older = next(ledger.checkpoints())
    forged = type(ledger)(noon)
    events = [started(40), began(41), began(42)]
    forged.append(RUN, events, expected=0, blobs=[blob(DOCUMENT)])
    root = add_checkpoint(forged, forged.keys, noon)
    assert root is not None
    held = bundle_of(forged, kept=[older.note])
    lines = f"{forged.keys.signer.key}\n{ledger.keys.signer.key}\n".encode()
    held = held.with_change(VERIFIERS, lambda _: lines)
    held = held.signed_again(forged.keys.signer)
    verdict = checked(held, kept=[older.note]).verdict
    assert [flaw.place for flaw in verdict.flaws] == ["kept checkpoint at 2"]


def test_a_newer_checkpoint_cannot_be_proven() -> None:
    ledger = recorded_ledger()
    early = next(ledger.checkpoints())
    signed(ledger)
    newest = ledger.last_checkpoint()
    assert newest is not None
    with pytest.raises(BundleError, match="is at 7 events, the bundle's at 2"):
        list(bundle_members(ledger, RUN, early, kept=[newest.note]))


MADE_UP: list[tuple[str, list[NewEvent]]] = [
    ("does not start a run", [began(90)]),
    ("cannot be read as step.failed/1", [started(91), unreadable(92)]),
]


@pytest.mark.parametrize(("what", "events"), MADE_UP, ids=[what for what, _ in MADE_UP])
def test_what_somebody_made_up_must_be_a_run_that_can_be_read(
    what: str, events: list[NewEvent]
) -> None:
    ledger = MemoryLedger(noon)
    blobs = [blob(DOCUMENT)]
    if len(events) == 1:
        blobs = []
    ledger.append(RUN, events, expected=0, blobs=blobs)
    assert [flaw.what for flaw in checked(bundle_of(ledger)).verdict.flaws] == [what]


def test_events_of_another_run_are_refused() -> None:
    ledger = MemoryLedger(noon)
    events = [started(93)]
    ledger.append(RUN, events, expected=0, blobs=[blob(DOCUMENT)], correlation_id=OTHER)
    (flaw,) = checked(bundle_of(ledger)).verdict.flaws
    assert flaw.what == "belongs to another run"


BOMB = b"\x01" + zlib.compress(bytes(200 << 20), 9)
PART = bytes(range(256))
REPEATED = b"\x02" + bytes.fromhex(blob_digest(PART)) * 1000


@pytest.mark.parametrize(
    ("stored", "parts", "what"),
    [(BOMB, [], "it would be longer than"), (REPEATED, [PART], "more than once")],
    ids=["compressed", "repeated"],
)
def test_a_blob_that_grows_when_it_is_read_is_named(
    stored: bytes, parts: list[bytes], what: str
) -> None:
    ledger = MemoryLedger(noon)
    blobs = [blob(each) for each in (DOCUMENT, stored, *parts)]
    ledger.append(RUN, [started(95), saved(96, stored)], expected=0, blobs=blobs)
    (flaw,) = checked(bundle_of(ledger)).verdict.flaws
    assert flaw.place == f"blob {blob_digest(stored)} of event 2 of {RUN}"
    assert what in flaw.what


@pytest.mark.parametrize(
    "manifest", [b"", b"\xff", b"{}\n\n\xe2\x80\x94 a AAAAAAAA\n", b"hello\n"]
)
def test_what_has_no_manifest_is_no_bundle(manifest: bytes) -> None:
    _, held = bundled()
    with pytest.raises(BundleError):
        checked(held.with_change(MANIFEST, lambda _: manifest))


@pytest.mark.parametrize("size", [0, -1, 1 << 63, 10**4000, "7"])
def test_a_size_that_no_log_has_is_refused(size: object) -> None:
    ledger, held = bundled()
    signer = ledger.keys.signer

    def change(note: bytes) -> bytes:
        manifest = json.loads(note.split(b"\n")[0])
        manifest["size"] = 1234567
        shown = f'"{size}"' if isinstance(size, str) else hex_free(size)
        text = json.dumps(manifest, sort_keys=True, separators=(",", ":"))
        text = text.replace("1234567", shown) + "\n"
        return str(sign(text, signer.key, signer.sign)).encode()

    with pytest.raises(BundleError):
        checked(held.with_change(MANIFEST, change))


def hex_free(size: object) -> str:
    """Write a number of any length in decimal; Python stops at 4,300 digits."""
    return "1" + "0" * 4000 if size == 10**4000 else str(size)
