"""What every ledger promises to whoever looks after it: part of LedgerContract."""

from wct_domain.ports.ledger import ANY_VERSION, Ledger, NewEvent
from wct_domain.testing.ledger_samples import (
    DONE,
    OTHER,
    RUN,
    blob_of,
    event_id,
    note,
    notes,
)


class LedgerSizeContract:
    def test_a_ledger_grows_with_what_is_in_it(self, ledger: Ledger) -> None:
        before = ledger.maintenance.space()
        ledger.append(RUN, notes(1), expected=0, blobs=[blob_of(bytes(200_000))])
        after = ledger.maintenance.space()
        assert after.ledger + after.log >= before.ledger + before.log + 200_000
        assert after.unused >= 0
        assert after.free is None or after.free > 0

    def test_streams_are_told_by_size(self, ledger: Ledger) -> None:
        ledger.append("run/b", [note(1, "x" * 5000), note(2)], expected=0)
        ledger.append("run/a", notes(3), expected=0)
        ledger.append(OTHER, notes(4), expected=0)
        sizes = ledger.maintenance.stream_sizes("run/")
        assert [(each.stream, each.events) for each in sizes] == [
            ("run/a", 1),
            ("run/b", 2),
        ]
        assert 100 < sizes[0].size < 1000
        assert 5100 < sizes[1].size < 6000
        assert len(ledger.maintenance.stream_sizes()) == 3
        ledger.append("run/b", notes(5), expected=2, redact=[1])
        (pruned,) = ledger.maintenance.stream_sizes("run/b")
        assert pruned.size < sizes[1].size - 4000

    def test_streams_are_found_by_what_an_event_of_theirs_has_in_it(
        self, ledger: Ledger
    ) -> None:
        for number, (stream, text) in enumerate(
            [("z", "ab12"), ("b", "cd34"), ("a", "xab12y"), ("z", "cd34"), ("c", "ab")],
            start=1,
        ):
            ledger.append(stream, [note(number, text)], expected=ANY_VERSION)
        find = ledger.maintenance.streams_holding
        wire = note(1).event.type
        assert find(["ab12"], [wire]) == ["z", "a"]
        assert find(["ab12", "cd34"], [wire]) == ["z", "b", "a"]
        assert find(["ab12"], ["run.started/1", "never/9"]) == []
        assert find(["nowhere"], [wire]) == find([], [wire]) == find(["ab"], []) == []
        ledger.append("z", notes(6), expected=2, redact=[1, 2])
        assert find(["ab12", "cd34"], [wire]) == ["b", "a"]

    def test_streams_of_runs_are_found_by_how_they_ended(self, ledger: Ledger) -> None:
        ledger.append(RUN, [NewEvent(event_id(1), DONE)], expected=0)
        find = ledger.maintenance.streams_holding
        assert find(["succeeded"], [DONE.type]) == [RUN]
        assert find(["succeeding"], [DONE.type]) == []

    def test_blobs_are_told_by_size(self, ledger: Ledger) -> None:
        blobs = [blob_of(b""), blob_of(b"x" * 1234)]
        ledger.append(RUN, notes(1), expected=0, blobs=blobs)
        digests = [blob.digest for blob in blobs]
        assert ledger.maintenance.blob_sizes([*digests, "ab" * 32]) == {
            digests[0]: 0,
            digests[1]: 1234,
        }
        assert ledger.maintenance.blob_sizes([]) == {}

    def test_a_compacted_ledger_has_all_that_it_had(self, ledger: Ledger) -> None:
        gone, kept = blob_of(b"x" * 300_000), blob_of(b"kept")
        ledger.append(RUN, notes(1), expected=0, blobs=[gone, kept])
        ledger.append(RUN, notes(2), expected=1, forget=[gone.digest])
        before = list(ledger.read_all())
        assert ledger.maintenance.compact() >= 0
        assert list(ledger.read_all()) == before
        assert ledger.blob(kept.digest) == kept.stored
        (recorded,) = ledger.append(RUN, notes(3), expected=2)
        assert [r.position for r in ledger.read(RUN)] == [1, 2, 3]
        assert recorded.position == 3
