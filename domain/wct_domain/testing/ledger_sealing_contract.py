"""What every ledger promises to its verifier: part of LedgerContract."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

import pytest

from wct_domain.errors import LedgerError, LedgerUnusableError
from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent
from wct_domain.ports.sealed_log import StoredCheckpoint
from wct_domain.testing.ledger_samples import (
    DONE,
    OTHER,
    RUN,
    blob_of,
    chain_holds,
    event_id,
    note,
    notes,
    sealed,
)
from wct_domain.upcasting import encode


def checkpoint(size: int, note: str = "signed") -> StoredCheckpoint:
    """A checkpoint, as far as its store can tell."""
    at = datetime(2026, 11, 22, 9, 30, 0, 123_456, UTC)
    root, frontier = bytes([size % 256]) * 32, bytes(40)
    return StoredCheckpoint(size, root, f"{note} {size}\n", frontier, at)


LOOKS: Final[dict[str, Callable[[Ledger], object]]] = {
    "seal": lambda ledger: ledger.seal(),
    "sealed_hashes": lambda ledger: list(ledger.sealed_hashes(0, 1)),
    "rows": lambda ledger: list(ledger.rows()),
    "seal_of": lambda ledger: ledger.seal_of(RUN, 1),
    "blob_digests": lambda ledger: list(ledger.blob_digests()),
    "checkpoints": lambda ledger: list(ledger.checkpoints()),
    "last_checkpoint": lambda ledger: ledger.last_checkpoint(),
    "read_all": lambda ledger: list(ledger.read_all()),
    "streams": lambda ledger: ledger.streams(),
    "blob": lambda ledger: ledger.blob("ab" * 32),
    "add_checkpoint": lambda ledger: ledger.add_checkpoint(checkpoint(3)),
}


class LedgerSealingContract:
    def test_every_event_gets_a_seal_number_without_a_gap(self, ledger: Ledger) -> None:
        assert ledger.seal() == 0
        for number in range(1, 8):
            ledger.append((RUN, OTHER)[number % 2], notes(number), expected=ANY_VERSION)
        assert sealed(ledger, 7) == 7
        seals = [
            ledger.seal_of(stream, position)
            for stream, count in ((RUN, 3), (OTHER, 4))
            for position in range(1, count + 1)
        ]
        assert sorted(seal or 0 for seal in seals) == list(range(1, 8))
        assert ledger.seal() == 7

    def test_seal_numbers_grow_along_a_stream_and_stay(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(1, 2, 3), expected=0)
        sealed(ledger, 3)
        before = [ledger.seal_of(RUN, position) for position in (1, 2, 3)]
        assert before == [1, 2, 3]
        ledger.append(OTHER, notes(4), expected=0)
        ledger.append(RUN, notes(5), expected=3, redact=[1])
        sealed(ledger, 5)
        assert [ledger.seal_of(RUN, position) for position in (1, 2, 3)] == before

    def test_an_event_that_is_not_there_has_no_seal_number(
        self, ledger: Ledger
    ) -> None:
        ledger.append(RUN, notes(1), expected=0)
        for stream, position in ((RUN, 2), (RUN, 0), (OTHER, 1)):
            with pytest.raises(LedgerUnusableError, match=f"{position}"):
                ledger.seal_of(stream, position)

    def test_hashes_come_in_the_order_of_their_seals(self, ledger: Ledger) -> None:
        recorded = ledger.append(RUN, notes(*range(1, 2101)), expected=0)
        sealed(ledger, 2100)
        hashes = [r.hash for r in recorded]
        for after, upto in ((0, 2100), (0, 1), (999, 1001), (2099, 2100), (5, 5)):
            assert list(ledger.sealed_hashes(after, upto)) == hashes[after:upto]

    def test_stored_rows_say_what_was_recorded(self, ledger: Ledger) -> None:
        caused = NewEvent(event_id(2), DONE, causation_id=event_id(1))
        recorded = ledger.append(RUN, [note(1), caused], expected=0)
        other = ledger.append(OTHER, notes(3), expected=0, correlation_id=RUN)
        sealed(ledger, 3)
        rows = list(ledger.rows())
        assert [row.seal for row in rows] == [1, 2, 3]
        for row, told in zip(rows, (*recorded, *other), strict=True):
            assert (row.stream, row.position, row.id, row.hash) == (
                told.stream,
                told.position,
                told.id,
                told.hash,
            )
            assert row.type == told.event.type
            at = (told.at - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
            assert row.recorded_at == round(at * 1_000_000)
            assert (row.correlation_id, row.causation_id) == (
                told.correlation_id,
                told.causation_id,
            )
        assert [row.payload for row in rows] == [
            encode(note(1).event),
            encode(DONE),
            encode(note(3).event),
        ]
        assert {len(row.salt or b"") for row in rows} == {16}
        assert {row.payload_digest for row in rows} == {None}

    def test_every_stored_event_has_the_hash_that_follows_from_it(
        self, ledger: Ledger
    ) -> None:
        for number in range(1, 1200, 3):
            batch = notes(number, number + 1, number + 2)
            stream = (RUN, OTHER, "größe")[number % 3]
            ledger.append(stream, batch, expected=ANY_VERSION)
        sealed(ledger, 1200)
        rows = list(ledger.rows())
        assert len(rows) == 1200
        assert chain_holds(rows)
        heads = {stream.name: stream.head for stream in ledger.streams()}
        assert heads == {row.stream: row.hash for row in rows}

    def test_rows_are_read_from_anywhere_of_all_streams_or_one(
        self, ledger: Ledger
    ) -> None:
        for number in range(1, 8):
            ledger.append((RUN, OTHER)[number % 2], notes(number), expected=ANY_VERSION)
        sealed(ledger, 7)
        rows = list(ledger.rows())
        for after in range(9):
            assert list(ledger.rows(after=after)) == rows[after:]
            for stream in (RUN, OTHER, "nobody's"):
                assert list(ledger.rows(after=after, stream=stream)) == [
                    row for row in rows if row.seal > after and row.stream == stream
                ]

    def test_the_digests_of_all_blobs_are_told(self, ledger: Ledger) -> None:
        assert list(ledger.blob_digests()) == []
        blobs = [blob_of(str(number).encode()) for number in range(1500)]
        ledger.append(RUN, notes(1), expected=0, blobs=[*blobs, blobs[0]])
        digests = list(ledger.blob_digests())
        assert sorted(digests) == sorted(blob.digest for blob in blobs)

    def test_checkpoints_are_kept_as_they_are(self, ledger: Ledger) -> None:
        assert ledger.last_checkpoint() is None
        assert list(ledger.checkpoints()) == []
        for size in (3, 1500, 20):
            ledger.add_checkpoint(checkpoint(size))
        assert list(ledger.checkpoints()) == [
            checkpoint(3),
            checkpoint(20),
            checkpoint(1500),
        ]
        assert next(ledger.checkpoints(since=20)) == checkpoint(20)
        assert list(ledger.checkpoints(since=1501)) == []
        assert ledger.last_checkpoint() == checkpoint(1500)

    def test_the_first_checkpoint_of_a_size_stays(self, ledger: Ledger) -> None:
        ledger.add_checkpoint(checkpoint(3))
        ledger.add_checkpoint(checkpoint(3, "signed by another"))
        assert list(ledger.checkpoints()) == [checkpoint(3)]

    def test_a_ledger_that_is_no_copy_has_one_id(self, ledger: Ledger) -> None:
        assert ledger.log_id == ledger.log_id
        assert len(ledger.log_id) == 36
        assert ledger.former_ids == ()

    @pytest.mark.parametrize("look", LOOKS.values(), ids=LOOKS)
    def test_a_closed_ledger_says_so_whatever_is_asked(
        self, ledger: Ledger, look: Callable[[Ledger], object]
    ) -> None:
        ledger.append(RUN, notes(1), expected=0)
        sealed(ledger, 1)
        ledger.close()
        with pytest.raises(LedgerError, match="closed"):
            look(ledger)
