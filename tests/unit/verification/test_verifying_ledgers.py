"""What a verification finds, and what it lets pass."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.verification.histories_to_verify import (
    AFTERWARDS,
    LATER,
    LIST,
    NOON,
    PARTS,
    WHOLE,
    Stored,
    began,
    noon,
    places,
    recorded_ledger,
    saved,
    trust,
    verdict_on,
)
from wct_adapters.ledgers.ciphers import SigningKey, signature_fits
from wct_domain.chain import header, link, payload_digest
from wct_domain.checkpoints import signed_text
from wct_domain.digests import blob_digest
from wct_domain.errors import CheckpointError
from wct_domain.events import DataErased, RunPruned
from wct_domain.merkle import root_of
from wct_domain.notes import Checkpoint, sign
from wct_domain.ports.ledger import NewEvent
from wct_domain.ports.sealed_log import StoredRow
from wct_domain.testing.ledger_samples import OTHER, RUN, event_id
from wct_domain.verification import Trust, verify_ledger, verify_run

ERASED = DataErased(scope="0" * 32, blobs=1)


@pytest.fixture
def stored() -> Stored:
    return Stored.of(recorded_ledger())


def test_what_was_recorded_is_sound(stored: Stored) -> None:
    verdict = verdict_on(stored)
    assert verdict.sound
    assert (verdict.events, verdict.streams, verdict.blobs) == (7, 3, 6)
    assert (verdict.checkpoints, verdict.signed, verdict.unsigned) == (2, 6, 1)
    assert verdict.root == root_of([row.hash for row in stored.history])
    assert verdict.signers == set(stored.keys)


def test_an_empty_ledger_is_sound() -> None:
    assert verdict_on(Stored("log", [], [], {}, [])).sound


ROW_CHANGES: dict[str, Callable[[StoredRow], StoredRow]] = {
    "seal": lambda row: row._replace(seal=row.seal + 1),
    "stream": lambda row: row._replace(stream="another"),
    "position": lambda row: row._replace(position=row.position + 1),
    "id": lambda row: row._replace(id=event_id(99)),
    "type": lambda row: row._replace(type="step.failed/1"),
    "version": lambda row: row._replace(type=row.type[:-1] + "2"),
    "time": lambda row: row._replace(recorded_at=row.recorded_at + 1),
    "correlation": lambda row: row._replace(correlation_id="another"),
    "causation": lambda row: row._replace(causation_id=event_id(98)),
    "salt": lambda row: row._replace(salt=bytes(16)),
    "payload": lambda row: row._replace(payload=b"{}"),
    "boundary": lambda row: row._replace(
        salt=(row.salt or b"")[:-1],
        payload=(row.salt or b"")[-1:] + (row.payload or b""),
    ),
    "no payload": lambda row: row._replace(payload=None),
    "no salt": lambda row: row._replace(salt=None),
    "digest": lambda row: row._replace(payload_digest=bytes(32)),
    "hash": lambda row: row._replace(hash=bytes(32)),
    "short hash": lambda row: row._replace(hash=row.hash[:-1]),
}


@pytest.mark.parametrize("change", ROW_CHANGES.values(), ids=ROW_CHANGES.keys())
@pytest.mark.parametrize("index", range(7))
def test_a_changed_event_is_found_and_named(
    stored: Stored, index: int, change: Callable[[StoredRow], StoredRow]
) -> None:
    stored.change(index, change)
    row = stored.history[index]
    assert places(verdict_on(stored))[0] == f"event {row.position} of {row.stream}"


@pytest.mark.parametrize("index", range(6))
def test_an_event_that_is_gone_is_found_at_the_next_one(
    stored: Stored, index: int
) -> None:
    del stored.history[index]
    following = stored.history[index]
    first = verdict_on(stored).flaws[0]
    assert first.place == f"event {following.position} of {following.stream}"
    assert first.what == f"is number {index + 2} of the ledger, after number {index}"


def test_two_swapped_events_are_found(stored: Stored) -> None:
    history = stored.history
    history[0], history[1] = history[1], history[0]
    assert not verdict_on(stored).sound


def test_a_payload_that_was_dropped_needs_an_event_that_says_so(
    stored: Stored,
) -> None:
    stored.change(0, without_payload)
    (flaw,) = verdict_on(stored).flaws
    assert str(flaw) == (
        f"event 1 of {RUN}: has no payload, and no event says that it was pruned"
    )


def test_a_payload_and_a_blob_may_be_pruned() -> None:
    ledger = recorded_ledger()
    pruned = RunPruned(positions=((1, 2),), blobs=1, size=9)
    gone = [blob_digest(WHOLE)]
    ledger.append(
        RUN, [NewEvent(event_id(8), pruned)], expected=3, forget=gone, redact=[1, 2]
    )
    verdict = verdict_on(Stored.of(ledger))
    assert verdict.sound
    assert (verdict.pruned, verdict.dropped) == (2, 0)  # nothing names the blob now


@pytest.mark.parametrize("last", [4, 5, 1 << 40])
def test_what_comes_after_a_pruning_was_not_pruned_by_it(last: int) -> None:
    ledger = recorded_ledger()
    pruned = RunPruned(positions=((2, 2), (3, last)), blobs=0, size=9)
    ledger.append(RUN, [NewEvent(event_id(8), pruned)], expected=3)
    ledger.append(RUN, [began(9)], expected=4)
    stored = Stored.of(ledger)
    (flaw,) = verdict_on(stored).flaws
    assert str(flaw) == (
        f"event 4 of {RUN}: says of itself, or of later events, that they were pruned"
    )
    for index in (1, -1):
        stored.change(index, without_payload)
    missing = f"event 5 of {RUN}: has no payload, and no event says that it was pruned"
    assert missing in map(str, verdict_on(stored).flaws)
    assert verdict_on(stored).pruned == 1  # the other range is as good as any


def test_a_blob_may_be_pruned_while_the_payload_that_names_it_stays() -> None:
    ledger = recorded_ledger()
    pruned = RunPruned(positions=(), blobs=1, size=9)
    gone = [blob_digest(WHOLE)]
    ledger.append(RUN, [NewEvent(event_id(8), pruned)], expected=3, forget=gone)
    verdict = verdict_on(Stored.of(ledger))
    assert verdict.sound
    assert verdict.dropped == 1


def test_what_another_run_had_pruned_excuses_nothing() -> None:
    ledger = recorded_ledger()
    pruned = RunPruned(positions=((1, 2),), blobs=1, size=9)
    ledger.append(OTHER, [NewEvent(event_id(8), pruned)], expected=3)
    stored = Stored.of(ledger)
    stored.change(0, without_payload)
    assert places(verdict_on(stored)) == [f"event 1 of {RUN}"]


def test_a_missing_blob_needs_an_event_of_its_run_that_says_so(stored: Stored) -> None:
    del stored.blobs[blob_digest(WHOLE)]
    (flaw,) = verdict_on(stored).flaws
    assert str(flaw) == (
        f"blob {blob_digest(WHOLE)} of event 2 of {RUN}: is missing, and no event "
        "says that it was erased or pruned"
    )


def test_an_erased_run_is_sound_with_what_was_saved_after_it() -> None:
    ledger = recorded_ledger()
    gone = [blob_digest(WHOLE), blob_digest(LATER)]
    ledger.append(RUN, [NewEvent(event_id(8), ERASED)], expected=3, forget=gone)
    verdict = verdict_on(Stored.of(ledger))
    assert verdict.sound
    assert verdict.erased == 2


def test_the_erasure_of_one_run_excuses_no_other() -> None:
    ledger = recorded_ledger()
    ledger.append(RUN, [NewEvent(event_id(8), ERASED)], expected=3)
    stored = Stored.of(ledger)
    del stored.blobs[blob_digest(LIST)]
    assert f"blob {blob_digest(LIST)} of event 2 of {OTHER}" in places(
        verdict_on(stored)
    )


@pytest.mark.parametrize("content", [WHOLE, LIST, *PARTS, LATER])
def test_a_changed_blob_is_found(stored: Stored, content: bytes) -> None:
    stored.blobs[blob_digest(content)] += b"!"
    first = verdict_on(stored).flaws[0]
    assert "was changed: its bytes have another digest" in first.what


def test_a_missing_part_is_found(stored: Stored) -> None:
    del stored.blobs[blob_digest(PARTS[1])]
    assert places(verdict_on(stored)) == [
        f"blob {blob_digest(LIST)} of event 2 of {OTHER}"
    ]


def test_a_blob_that_no_event_refers_to_is_found(stored: Stored) -> None:
    stored.blobs[blob_digest(b"smuggled")] = b"smuggled"
    (flaw,) = verdict_on(stored).flaws
    assert flaw.what == "no event refers to it"


def test_what_is_recorded_during_a_verification_is_no_flaw(stored: Stored) -> None:
    """Rows are read first, blobs after them: both may have changed meanwhile."""
    new = b"\x00recorded meanwhile"
    stored.blobs[blob_digest(new)] = new
    del stored.blobs[blob_digest(WHOLE)]
    ledger = recorded_ledger()
    events = [saved(20, new), NewEvent(event_id(21), ERASED)]
    stored.news[RUN] = list(ledger.append(RUN, events, expected=3))
    assert verdict_on(stored).sound


def test_a_blob_that_is_pruned_during_a_verification_is_no_flaw(stored: Stored) -> None:
    """It is listed, and gone when the events are read that came meanwhile."""
    gone = blob_digest(b"\x00recorded and pruned meanwhile")

    class Busy(Stored):
        def blob_digests(self) -> Iterator[str]:
            return iter([*self.blobs, gone])

    busy = Busy(stored.log_id, stored.keys, stored.history, stored.blobs, stored.signed)
    assert verdict_on(busy).sound


def test_names_that_are_gone_with_their_last_events_are_missed(stored: Stored) -> None:
    class Nameless(Stored):
        def rows(
            self, *, after: int = 0, stream: str | None = None
        ) -> Iterator[StoredRow]:
            return (row for row in self.history[:-1] if row.seal > after)

    nameless = Nameless(
        stored.log_id, stored.keys, stored.history, stored.blobs, stored.signed
    )
    assert "names" in places(verdict_on(nameless))


CHECKPOINT_CHANGES = {
    "size": {"size": 5},
    "root": {"root": bytes(32)},
    "frontier": {"frontier": bytes(8)},
    "at": {"at": NOON + timedelta(microseconds=1)},
    "no note": {"note": "none\n"},
}


@pytest.mark.parametrize("index", range(2))
@pytest.mark.parametrize(
    "change", CHECKPOINT_CHANGES.values(), ids=CHECKPOINT_CHANGES.keys()
)
def test_a_changed_checkpoint_is_found(
    stored: Stored, index: int, change: dict[str, Any]
) -> None:
    stored.signed[index] = stored.signed[index]._replace(**change)
    assert places(verdict_on(stored))[0].startswith("checkpoint at ")


@given(at=st.integers(0, 10_000), bit=st.integers(0, 6), index=st.integers(0, 1))
def test_any_changed_letter_of_a_note_is_found(at: int, bit: int, index: int) -> None:
    stored = NEVER_CHANGED
    note = stored.signed[index].note
    at %= len(note)
    letter = chr(ord(note[at]) ^ (1 << bit))
    changed = note[:at] + letter + note[at + 1 :]
    signed = list(stored.signed)
    signed[index] = signed[index]._replace(note=changed)
    assert not verdict_on(replace(stored, signed=signed)).sound


NEVER_CHANGED = Stored.of(recorded_ledger())


def test_a_checkpoint_over_more_events_than_there_are_is_found(stored: Stored) -> None:
    del stored.history[-3:]
    assert str(verdict_on(stored).flaws[0]) == (
        "checkpoint at 6: it covers 6 events, there are 4: some are gone"
    )


def test_events_without_a_later_checkpoint_can_go_unseen(stored: Stored) -> None:
    """What an unanchored chain cannot prove: the reason to keep checkpoints."""
    del stored.history[-1]
    stored.signed.clear()
    assert verdict_on(stored).sound


def test_a_ledger_that_was_made_anew_is_found_by_a_kept_checkpoint(
    stored: Stored,
) -> None:
    kept = [each.note for each in stored.signed]
    stored.change(1, lambda row: row._replace(recorded_at=row.recorded_at + 1))
    rehash(stored)
    stored.signed.clear()
    assert verdict_on(stored).sound
    (flaw, _) = verdict_on(stored, *kept).flaws
    assert str(flaw) == (
        "kept checkpoint at 2: the first 2 events are not those that it was made over"
    )


def test_a_ledger_that_was_cut_off_is_found_by_a_kept_checkpoint(
    stored: Stored,
) -> None:
    kept = stored.signed[1].note
    del stored.history[4:]
    del stored.signed[1:]
    assert "covers 6 events, there are 4: some are gone" in str(
        verdict_on(stored, kept).flaws[0]
    )


def test_a_kept_checkpoint_must_be_of_the_ledger(stored: Stored) -> None:
    other = Stored.of(recorded_ledger())
    own = Trust(signature_fits, own=[*stored.keys, *other.keys])
    verdict = verify_ledger(stored, own, kept=[other.signed[0].note])
    assert "it is of the log" in verdict.flaws[0].what


def test_a_kept_checkpoint_may_be_from_before_a_copy(stored: Stored) -> None:
    kept = stored.signed[1].note
    copy = replace(stored, log_id="new", former_ids=(stored.log_id,))
    assert verdict_on(copy, kept).sound


def test_what_is_no_checkpoint_is_refused(stored: Stored) -> None:
    with pytest.raises(CheckpointError):
        verdict_on(stored, "hello")


def test_a_key_that_was_given_must_have_signed(stored: Stored) -> None:
    stranger = SigningKey.new("stranger").key
    verdict = verify_ledger(stored, trust(stored, stranger))
    assert [flaw.what for flaw in verdict.flaws] == [
        "no checkpoint is signed by a key that was given, and fits"
    ]
    assert (verdict.signed, verdict.unsigned) == (0, 7)


def test_only_given_keys_say_how_far_a_ledger_is_signed(stored: Stored) -> None:
    other = SigningKey.new("other")
    leaves = [row.hash for row in stored.history[:2]]
    text = signed_text(Checkpoint(f"wct/{stored.log_id}", 2, root_of(leaves)), noon())
    note = str(sign(text, other.key, other.sign))
    stored.signed[0] = stored.signed[0]._replace(note=note)
    verdict = verify_ledger(stored, trust(stored, other.key))
    assert verdict.sound
    assert (verdict.signed, verdict.signers) == (2, {other.key})


def test_one_run_is_verified_with_what_was_saved_after_it(stored: Stored) -> None:
    verdict = verify_run(stored, RUN, trust(stored))
    assert verdict.sound
    assert (verdict.events, verdict.streams, verdict.blobs) == (4, 2, 3)
    assert (verdict.size, verdict.signed, verdict.unsigned) == (7, 6, 0)
    assert verify_run(stored, OTHER, trust(stored)).unsigned == 1


@pytest.mark.parametrize("change", ROW_CHANGES.values(), ids=ROW_CHANGES.keys())
def test_a_changed_event_of_a_run_is_found(
    stored: Stored, change: Callable[[StoredRow], StoredRow]
) -> None:
    stored.change(1, change)
    assert not verify_run(stored, RUN, trust(stored)).sound


def test_a_run_that_was_made_anew_is_not_in_the_tree(stored: Stored) -> None:
    stored.change(1, lambda row: row._replace(recorded_at=row.recorded_at + 1))
    true_hashes = [row.hash for row in stored.history]
    rehash(stored)
    stored.sealed_hashes = lambda after, upto: iter(true_hashes[after:upto])  # type: ignore[method-assign]  # the tree is as it was
    verdict = verify_run(stored, RUN, trust(stored))
    assert places(verdict) == [f"event 2 of {RUN}", f"event 3 of {RUN}"]


def test_changes_of_other_runs_are_not_looked_for(stored: Stored) -> None:
    stored.change(2, lambda row: row._replace(payload=b"{}"))
    assert verify_run(stored, RUN, trust(stored)).sound


def test_the_artifacts_of_another_run_are_not_of_this_one(stored: Stored) -> None:
    del stored.blobs[blob_digest(LATER)]
    assert verify_run(stored, OTHER, trust(stored)).sound
    assert places(verify_run(stored, RUN, trust(stored))) == [
        f"blob {blob_digest(LATER)} of event 1 of {AFTERWARDS}"
    ]


def without_payload(row: StoredRow) -> StoredRow:
    assert row.salt is not None
    assert row.payload is not None
    digest = payload_digest(row.salt, row.payload)
    return row._replace(salt=None, payload=None, payload_digest=digest)


def rehash(stored: Stored) -> None:
    """Do what somebody does who knows how: make all later hashes fit again."""
    heads: dict[str, bytes] = {}
    for index, row in enumerate(stored.history):
        assert row.salt is not None
        assert row.payload is not None
        covered = header(
            row.stream,
            row.position,
            row.id,
            row.type,
            row.recorded_at,
            row.correlation_id,
            row.causation_id,
        )
        digest = payload_digest(row.salt, row.payload)
        head = link(heads.get(row.stream, bytes(32)), covered, digest)
        heads[row.stream] = head
        stored.history[index] = row._replace(hash=head)
