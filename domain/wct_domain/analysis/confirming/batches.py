"""Findings in questions, each small enough to be answered whole."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wct_domain.analysis.confirming.wording import (
    ANSWER_TOKENS,
    MOST_ANSWER_TOKENS,
    entry,
    tokens,
)

MOST_TOKENS = 12_000
"""Estimated, of the findings in one question. Models take more, and then pass over what
stands in the middle."""

MOST_FINDINGS = (MOST_ANSWER_TOKENS - 500) // ANSWER_TOKENS
"""As many as an answer has room for."""


def batches(shown: Sequence[Mapping[str, Any]], most: int) -> Iterator[tuple[int, int]]:
    """Yield (first, behind the last) of each batch, in order; none is empty.

    Args:
        most: findings in a batch; fewer where they are long, or an answer would be.
    """
    most = min(most, MOST_FINDINGS)
    first, size = 0, 0
    for index, finding in enumerate(shown):
        more = tokens(str(entry(index, finding)))
        full = index - first >= most or size + more > MOST_TOKENS
        if full and index > first:
            yield first, index
            first, size = index, 0
        size += more
    if first < len(shown):
        yield first, len(shown)
