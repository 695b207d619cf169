"""What was stored a moment ago: little of it, and never for long."""

from hypothesis import given
from hypothesis import strategies as st

from wct_domain.recent import LARGEST, ROOM, RecentBlobs


def test_what_was_kept_last_is_there() -> None:
    blobs = RecentBlobs()
    blobs.keep("a", b"one")
    assert (blobs.get("a"), blobs.get("b")) == (b"one", None)
    blobs.clear()
    assert blobs.get("a") is None


def test_what_is_large_is_left_to_the_ledger() -> None:
    blobs = RecentBlobs()
    blobs.keep("a", bytes(LARGEST + 1))
    assert blobs.get("a") is None


@given(st.lists(st.integers(1, LARGEST), min_size=1, max_size=200))
def test_the_last_ones_stay_in_the_room_that_there_is(sizes: list[int]) -> None:
    blobs = RecentBlobs()
    for number, size in enumerate(sizes):
        blobs.keep(str(number), bytes(size))
    there = [len(blobs.get(str(number)) or b"") for number in range(len(sizes))]
    assert sum(there) <= ROOM
    kept = [bool(size) for size in there]
    assert kept == sorted(kept)  # the oldest go first
    assert kept[-1]
