"""The Merkle tree of RFC 6962 §2.1, over the hashes of sealed events.

A leaf is hashed as ``SHA-256(0x00 ‖ leaf)`` and a node as ``SHA-256(0x01 ‖ left ‖
right)``. :class:`Frontier` grows a tree by O(1) hashes a leaf and keeps O(log n) of
them; proofs are made from a function that gives the root of any complete subtree.
Test vectors: those of the certificate-transparency reference implementation.
"""

import hashlib
from collections.abc import Callable, Iterable, Sequence

EMPTY_ROOT = hashlib.sha256(b"").digest()

Subtree = Callable[[int, int], bytes]
"""Root hash of the leaves ``[start, end)``, for any range that RFC 6962 splits off."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of one leaf, set apart from nodes by its prefix."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


class Frontier:
    """A growing tree: its size, and the roots of complete subtrees, largest first."""

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)

    def add(self, leaf: bytes) -> None:
        """Add one leaf on the right."""
        node = leaf_hash(leaf)
        size = self.size
        while size & 1:
            node = node_hash(self.peaks.pop(), node)
            size >>= 1
        self.peaks.append(node)
        self.size += 1

    def extend(self, leaves: Iterable[bytes]) -> None:
        """Add leaves from left to right."""
        # As ``add``, whose calls would cost as much as the hashes.
        sha256, peaks, size = hashlib.sha256, self.peaks, self.size
        for leaf in leaves:
            node = sha256(b"\x00" + leaf).digest()
            place = size
            while place & 1:
                node = sha256(b"\x01" + peaks.pop() + node).digest()
                place >>= 1
            peaks.append(node)
            size += 1
        self.size = size

    @property
    def root(self) -> bytes:
        """Root hash of the tree as it stands."""
        if not self.peaks:
            return EMPTY_ROOT
        node = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            node = node_hash(peak, node)
        return node

    def to_bytes(self) -> bytes:
        """Serialise: size as eight bytes, then the peaks."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """Rebuild from ``to_bytes``.

        Raises:
            ValueError: the data does not describe a tree.
        """
        size = int.from_bytes(data[:8], "big")
        peaks = [data[at : at + 32] for at in range(8, len(data), 32)]
        if len(data) < 8 or len(peaks) != size.bit_count() or len(data) % 32 != 8:
            msg = "not the frontier of a Merkle tree"
            raise ValueError(msg)
        return cls(size, peaks)


def root_of(leaves: Sequence[bytes]) -> bytes:
    """Root hash of a whole list, by the definition of RFC 6962 §2.1."""
    tree = Frontier()
    tree.extend(leaves)
    return tree.root


def over(leaves: Sequence[bytes]) -> Subtree:
    """Give subtree roots of leaves that are all at hand."""
    return lambda start, end: root_of(leaves[start:end])


def inclusion_proof(index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Audit path of leaf ``index`` in the tree of ``size`` leaves (RFC 6962 §2.1.1).

    Raises:
        ValueError: there is no such leaf.
    """
    if not 0 <= index < size:
        msg = f"a tree of {size} leaves has no leaf {index}"
        raise ValueError(msg)
    return list(_path(index, 0, size, subtree))


def consistency_proof(first: int, second: int, subtree: Subtree) -> list[bytes]:
    """Proof that the tree of ``second`` leaves begins with that of ``first``
    (RFC 6962 §2.1.2).

    Raises:
        ValueError: not ``0 < first <= second``.
    """
    if not 0 < first <= second:
        msg = f"no consistency proof from {first} to {second} leaves"
        raise ValueError(msg)
    return list(_subproof(first, 0, second, subtree, whole=True))


def verify_inclusion(
    leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes
) -> bool:
    """Check an audit path (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last = index, size - 1
    node = leaf_hash(leaf)
    for sibling in proof:
        if last == 0:
            return False
        if number & 1 or number == last:
            node = node_hash(sibling, node)
            while not number & 1 and number != 0:
                number, last = number >> 1, last >> 1
        else:
            node = node_hash(node, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(
    first: int,
    second: int,
    first_root: bytes,
    second_root: bytes,
    proof: Sequence[bytes],
) -> bool:
    """Check that one root's tree begins with another's (RFC 9162 §2.1.4.2)."""
    if first == second:
        return not proof and first_root == second_root
    if not 0 < first < second or not proof:
        return False
    path = [first_root, *proof] if first & (first - 1) == 0 else list(proof)
    number, last = first - 1, second - 1
    while number & 1:
        number, last = number >> 1, last >> 1
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if number & 1 or number == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while not number & 1 and number != 0:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, sibling)
        number, last = number >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(size: int) -> int:
    """Largest power of two smaller than ``size``."""
    return 1 << (size - 1).bit_length() - 1


def _path(index: int, start: int, end: int, subtree: Subtree) -> list[bytes]:
    if end - start == 1:
        return []
    middle = start + _split(end - start)
    if start + index < middle:
        return [*_path(index, start, middle, subtree), subtree(middle, end)]
    rest = _path(index - (middle - start), middle, end, subtree)
    return [*rest, subtree(start, middle)]


def _subproof(
    first: int, start: int, end: int, subtree: Subtree, *, whole: bool
) -> list[bytes]:
    if first == end - start:
        return [] if whole else [subtree(start, end)]
    middle = start + _split(end - start)
    left = middle - start
    if first <= left:
        inner = _subproof(first, start, middle, subtree, whole=whole)
        return [*inner, subtree(middle, end)]
    inner = _subproof(first - left, middle, end, subtree, whole=False)
    return [*inner, subtree(start, middle)]
