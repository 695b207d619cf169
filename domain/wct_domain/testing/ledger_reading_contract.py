"""What every ledger promises to those who read it: part of LedgerContract."""

from itertools import islice

import pytest

from wct_domain.errors import BlobDamagedError, BlobMissingError
from wct_domain.events import ArtifactsCleared, PluginNoted
from wct_domain.ports.ledger import ANY_VERSION, Blob, Ledger, NewEvent
from wct_domain.testing.ledger_samples import (
    DONE,
    OTHER,
    RUN,
    blob_of,
    event_id,
    note,
    notes,
)


class LedgerReadingContract:
    def test_a_stream_that_was_never_written_is_empty(self, ledger: Ledger) -> None:
        assert list(ledger.read(RUN)) == []
        assert list(ledger.read_all()) == []
        assert ledger.streams() == []

    def test_reading_goes_on_after_any_position(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(*range(1, 8)), expected=0)
        ledger.append(OTHER, notes(8), expected=0)
        everything = list(ledger.read_all())
        for after in range(9):
            assert list(ledger.read(RUN, after=after)) == everything[after:7]
        for index, recorded in enumerate(everything):
            rest = list(ledger.read_all(after=ledger.cursor(recorded)))
            assert rest == everything[index + 1 :]

    def test_all_streams_are_read_in_the_order_of_commits(self, ledger: Ledger) -> None:
        for number in range(1, 10):
            stream = (RUN, OTHER)[number % 2]
            ledger.append(stream, notes(number), expected=ANY_VERSION)
        everything = list(ledger.read_all())
        assert [r.id for r in everything] == [event_id(n) for n in range(1, 10)]
        assert len({r.global_position for r in everything}) == 9

    def test_events_are_chosen_by_type(self, ledger: Ledger) -> None:
        done = NewEvent(event_id(2), DONE)
        cleared = NewEvent(event_id(3), ArtifactsCleared())
        recorded = ledger.append(RUN, [note(1), done, cleared, note(4)], expected=0)
        wanted = ledger.read_all(types={DONE.type, ArtifactsCleared.type})
        assert [r.id for r in wanted] == [event_id(2), event_id(3)]
        later = ledger.read_all(types=[DONE.type], after=ledger.cursor(recorded[1]))
        assert list(later) == []
        assert list(ledger.read_all(types=[])) == []
        assert list(ledger.read_all(types=["nobody.wrote/1"])) == []

    def test_a_long_stream_is_read_to_its_end(self, ledger: Ledger) -> None:
        recorded = ledger.append(RUN, notes(*range(1, 2502)), expected=0)
        assert [r.position for r in ledger.read(RUN)] == list(range(1, 2502))
        assert len(list(ledger.read_all(types=[PluginNoted.type]))) == 2501
        last = ledger.read_all(after=ledger.cursor(recorded[2498]))
        assert [r.position for r in last] == [2500, 2501]

    def test_a_reader_may_pause_while_others_append(self, ledger: Ledger) -> None:
        ledger.append(RUN, notes(*range(1, 1501)), expected=0)
        reader = ledger.read(RUN)
        begun = list(islice(reader, 10))
        ledger.append(RUN, notes(1501), expected=1500)
        ledger.append(OTHER, notes(1502), expected=0)
        other = list(ledger.read(OTHER))
        rest = list(reader)
        assert [r.position for r in begun + rest][:1500] == list(range(1, 1501))
        assert [r.id for r in other] == [event_id(1502)]

    def test_streams_are_listed_with_version_and_head(self, ledger: Ledger) -> None:
        first = ledger.append("run/b", notes(1, 2), expected=0)
        ledger.append("run/a", notes(3), expected=0)
        ledger.append("other", notes(4), expected=0)
        assert [s.name for s in ledger.streams()] == ["other", "run/a", "run/b"]
        assert [s.name for s in ledger.streams("run/")] == ["run/a", "run/b"]
        assert ledger.streams("run/c") == []
        (stream,) = ledger.streams("run/b")
        assert (stream.version, stream.head) == (2, first[-1].hash)

    def test_equal_events_have_different_hashes(self, ledger: Ledger) -> None:
        pair = [NewEvent(event_id(n), DONE) for n in (1, 2)]
        hashes = {r.hash for r in ledger.append(RUN, pair, expected=0)}
        assert {len(each) for each in hashes} == {32}
        assert len(hashes) == 2

    def test_what_is_recorded_cannot_be_changed_through_an_event(
        self, ledger: Ledger
    ) -> None:
        appended = PluginNoted(plugin="p", name="n", data={"kept": True})
        ledger.append(RUN, [NewEvent(event_id(1), appended)], expected=0)
        appended.data.clear()
        for _ in range(2):
            (recorded,) = ledger.read(RUN)
            assert isinstance(recorded.event, PluginNoted)
            assert recorded.event.data == {"kept": True}
            recorded.event.data.clear()

    def test_blobs_are_kept_as_they_are(self, ledger: Ledger) -> None:
        blobs = [blob_of(b""), blob_of(b"\x00\xff" * 600_000)]
        ledger.append(RUN, notes(1), expected=0, blobs=blobs)
        assert [ledger.blob(blob.digest) for blob in blobs] == [
            blob.stored for blob in blobs
        ]

    def test_a_blob_may_be_appended_again(self, ledger: Ledger) -> None:
        blob = blob_of(b"the same message twice")
        ledger.append(RUN, notes(1), expected=0, blobs=[blob, blob])
        ledger.append(OTHER, notes(2), expected=0, blobs=[blob])
        assert ledger.blob(blob.digest) == blob.stored

    def test_a_blob_that_is_not_there_is_named(self, ledger: Ledger) -> None:
        digest = "ab" * 32
        with pytest.raises(BlobMissingError, match=digest):
            ledger.blob(digest)

    def test_a_blob_with_other_bytes_than_its_digest_says_is_damaged(
        self, ledger: Ledger
    ) -> None:
        digest = "cd" * 32
        ledger.append(RUN, notes(1), expected=0, blobs=[Blob(digest, b"not these")])
        with pytest.raises(BlobDamagedError, match=digest):
            ledger.blob(digest)

    def test_blobs_need_an_event(self, ledger: Ledger) -> None:
        with pytest.raises(ValueError, match="event"):
            ledger.append(RUN, [], expected=0, blobs=[blob_of(b"alone")])
