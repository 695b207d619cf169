"""The tree of RFC 6962, against the reference implementation's vectors."""

from hypothesis import given
from hypothesis import strategies as st

from wct_domain.merkle import (
    EMPTY_ROOT,
    Frontier,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    over,
    root_of,
    verify_consistency,
    verify_inclusion,
)

# Leaves and roots of the certificate-transparency reference tests (merkletree).
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]

MANY = st.lists(st.binary(max_size=8), min_size=1, max_size=70)


def test_the_empty_tree_has_the_hash_of_nothing() -> None:
    text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert EMPTY_ROOT.hex() == text
    assert Frontier().root == EMPTY_ROOT


def test_roots_are_those_of_the_reference_implementation() -> None:
    tree = Frontier()
    for leaf, root in zip(LEAVES, ROOTS, strict=True):
        tree.add(leaf)
        assert tree.root.hex() == root


def test_the_published_audit_path_is_what_we_make_and_accept() -> None:
    path = [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    proof = inclusion_proof(5, 8, over(LEAVES))
    assert [each.hex() for each in proof] == path
    assert verify_inclusion(LEAVES[5], 5, 8, proof, bytes.fromhex(ROOTS[7]))


def test_the_published_consistency_proof_is_what_we_make_and_accept() -> None:
    published = [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ]
    proof = consistency_proof(6, 8, over(LEAVES))
    assert [each.hex() for each in proof] == published
    first, second = bytes.fromhex(ROOTS[5]), bytes.fromhex(ROOTS[7])
    assert verify_consistency(6, 8, first, second, proof)


def plain_root(leaves: list[bytes]) -> bytes:
    """The definition, word by word."""
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return node_hash(plain_root(leaves[:middle]), plain_root(leaves[middle:]))


@given(MANY)
def test_growing_a_tree_gives_the_root_of_its_definition(leaves: list[bytes]) -> None:
    tree = Frontier()
    tree.extend(leaves)
    assert tree.root == plain_root(leaves) == root_of(leaves)
    again = Frontier.from_bytes(tree.to_bytes())
    assert (again.size, again.peaks) == (tree.size, tree.peaks)


@given(MANY, st.data())
def test_each_leaf_is_provably_in_the_tree_and_no_other(
    leaves: list[bytes], data: st.DataObject
) -> None:
    index = data.draw(st.integers(0, len(leaves) - 1))
    proof = inclusion_proof(index, len(leaves), over(leaves))
    root = root_of(leaves)
    assert verify_inclusion(leaves[index], index, len(leaves), proof, root)
    assert not verify_inclusion(leaves[index] + b"x", index, len(leaves), proof, root)
    wrong = data.draw(st.integers(0, len(leaves)))
    if wrong != index:
        assert not (
            verify_inclusion(leaves[index], wrong, len(leaves), proof, root)
            and (wrong >= len(leaves) or leaves[wrong] != leaves[index])
        )


@given(MANY, st.data())
def test_a_tree_provably_begins_with_each_of_its_beginnings(
    leaves: list[bytes], data: st.DataObject
) -> None:
    first = data.draw(st.integers(1, len(leaves)))
    proof = consistency_proof(first, len(leaves), over(leaves))
    old, new = root_of(leaves[:first]), root_of(leaves)
    assert verify_consistency(first, len(leaves), old, new, proof)
    changed = [leaves[0] + b"x", *leaves[1:first]]
    assert not verify_consistency(first, len(leaves), root_of(changed), new, proof)
