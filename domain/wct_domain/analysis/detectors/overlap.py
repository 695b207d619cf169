"""Which of several validated values that share bytes is the one."""

from collections.abc import Iterable
from itertools import pairwise

Value = tuple[int, int, int]  # start, end, rank of the detector (lower goes first)


def without_overlaps(values: Iterable[Value]) -> list[Value]:
    """Keep the longest value of those that overlap, sorted by position.

    Of equally long ones the first stays, of those at one place the lower rank. So the
    digits inside an IBAN are no card, and the address inside an IPv6 tail no IPv4.
    """
    ordered = sorted(values)  # comes in sorted runs, one per anchor: no set in between
    for one, other in pairwise(ordered):
        if other[0] < one[1]:
            return _longest(ordered)
    return ordered


def _longest(ordered: list[Value]) -> list[Value]:
    kept: list[Value] = []
    cluster = ordered[:1]
    reach = ordered[0][1]
    for value in ordered[1:]:
        start, end, _ = value
        if start >= reach:
            kept += cluster if len(cluster) == 1 else _decided(cluster)
            cluster = []
        cluster.append(value)
        reach = max(reach, end)
    return kept + _decided(cluster)


def _decided(cluster: list[Value]) -> list[Value]:
    kept: list[Value] = []
    for value in sorted(cluster, key=lambda each: (each[0] - each[1], each)):
        if all(value[1] <= other[0] or other[1] <= value[0] for other in kept):
            kept.append(value)
    return sorted(kept)
