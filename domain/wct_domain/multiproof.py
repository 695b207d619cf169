"""Proof that some leaves are in a Merkle tree: the rest of it, as roots of subtrees.

Where RFC 6962 proves one leaf by the roots of the subtrees beside its path, this proves
many by the roots of the largest subtrees that have none of them: the audit path of each
leaf (§2.1.1) can be computed from it, and the root is computed by §2.1 itself.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeAlias

from wct_domain.merkle import Frontier, leaf_hash, node_hash

Nodes: TypeAlias = Mapping[tuple[int, int], bytes]
"""Roots of subtrees, by their first leaf and the one after their last, from 0."""


def multiproof(
    leaves: Sequence[int], size: int, hashes: Iterable[bytes]
) -> dict[tuple[int, int], bytes]:
    """Make the proof for some leaves of a tree, whose leaves are read once.

    Args:
        leaves: their numbers from 0, in order.
        hashes: all leaves of the tree.

    Raises:
        ValueError: there are fewer leaves than ``size``.
    """
    source = iter(hashes)
    nodes: dict[tuple[int, int], bytes] = {}
    for start, end in _subtrees(leaves, 0, size):
        tree = Frontier()
        tree.extend(islice(source, end - start))
        if tree.size != end - start:
            msg = f"the tree has fewer than {size} leaves"
            raise ValueError(msg)
        if not _has(leaves, start, end):
            nodes[start, end] = tree.root
    return nodes


def root_from(leaves: Mapping[int, bytes], size: int, nodes: Nodes) -> bytes:
    """Compute the root of a tree from some of its leaves and a proof of theirs.

    Raises:
        ValueError: the proof is not for just these leaves.
    """
    numbers = sorted(leaves)
    if not numbers or numbers[0] < 0 or numbers[-1] >= size:
        msg = f"a tree of {size} leaves has none of these"
        raise ValueError(msg)
    used: set[tuple[int, int]] = set()

    def root(start: int, end: int) -> bytes:
        if not _has(numbers, start, end):
            used.add((start, end))
            if (start, end) not in nodes:
                msg = f"the proof lacks the subtree from {start} to {end}"
                raise ValueError(msg)
            return nodes[start, end]
        if end - start == 1:
            return leaf_hash(leaves[start])
        middle = _middle(start, end)
        return node_hash(root(start, middle), root(middle, end))

    found = root(0, size)
    if used != set(nodes):
        msg = "the proof has subtrees that are not needed"
        raise ValueError(msg)
    return found


def _subtrees(leaves: Sequence[int], start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the leaves, and the largest subtrees without any, from left to right."""
    if end - start == 1 or not _has(leaves, start, end):
        if end > start:
            yield start, end
        return
    middle = _middle(start, end)
    yield from _subtrees(leaves, start, middle)
    yield from _subtrees(leaves, middle, end)


def _has(leaves: Sequence[int], start: int, end: int) -> bool:
    place = bisect_left(leaves, start)
    return place < len(leaves) and leaves[place] < end


def _middle(start: int, end: int) -> int:
    """Where RFC 6962 splits: after the largest power of two smaller than the size."""
    return start + (1 << (end - start - 1).bit_length() - 1)
