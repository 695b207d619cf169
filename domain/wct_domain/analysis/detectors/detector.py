"""The shape of a value detector."""

import re
from collections.abc import Callable
from typing import NamedTuple

Span = tuple[int, int]  # byte offsets, end exclusive


class Detector(NamedTuple):
    """How values of one kind are found: a cheap anchor, then a careful look around it.

    Every value contains a match of one of ``anchors``, so a scanner sweeps the data
    for those alone. It hands each match (left to right, not overlapping, one anchor
    after the other) to ``validate``, which answers with the span of the value around
    or beside the match, or None. Several matches may lead to the same value.

    Anchors are ASCII, look at nothing before their match, and spell classes out
    (``[0-9]``, ``[A-Z]``): a scanner may run them on a copy of the data in which
    every digit is ``0`` and every capital is ``A``.
    """

    name: str
    description: str
    anchors: tuple[re.Pattern[bytes], ...]
    validate: Callable[[bytes, int, int], Span | None]
