from datetime import timedelta
from uuid import UUID

from wct_adapters.identity import new_id, utc_now


def test_ids_are_canonical_uuids_of_version_7_and_sort_as_they_were_made() -> None:
    ids = [new_id() for _ in range(10_000)]
    assert ids == sorted(set(ids))
    assert all(str(UUID(each)) == each for each in ids)
    assert {UUID(each).version for each in ids} == {7}


def test_the_time_is_in_utc_and_goes_on() -> None:
    first, second = utc_now(), utc_now()
    assert first.utcoffset() == timedelta(0)
    assert first <= second
