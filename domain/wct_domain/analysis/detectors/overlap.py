"""Which of several validated values that share bytes is the one."""

import sys
from collections.abc import Iterable, Iterator
from itertools import pairwise

Value = tuple[int, int, int]  # start, end, rank of the detector (lower goes first)

_BEYOND: Value = (sys.maxsize, sys.maxsize, 0)  # ends the last cluster


def without_overlaps(values: Iterable[Value]) -> list[Value]:
    """Keep the longest value of those that overlap, sorted by position.

    Of equally long ones the first stays, of those at one place the lower rank. So the
    digits inside an IBAN are no card, and the address inside an IPv6 tail no IPv4.
    """
    ordered = sorted(set(values))
    for one, other in pairwise(ordered):
        if other[0] < one[1]:
            return list(_longest(ordered))
    return ordered


def _longest(ordered: list[Value]) -> Iterator[Value]:
    """Decide cluster by cluster: values that touch no other are out of the question."""
    cluster: list[Value] = []
    reach = -1
    for value in [*ordered, _BEYOND]:
        if value[0] >= reach:
            yield from _decided(cluster)
            cluster = []
        cluster.append(value)
        reach = max(reach, value[1])


def _decided(cluster: list[Value]) -> list[Value]:
    kept: list[Value] = []
    for value in sorted(cluster, key=lambda v: (v[0] - v[1], v)):
        if all(value[1] <= other[0] or other[1] <= value[0] for other in kept):
            kept.append(value)
    return sorted(kept)
