"""The tree of RFC 6962: published vectors, the RFC's recursive definitions as oracle, and every proof broken."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.ledger import merkle

# The eight leaves and their roots that RFC 6962 implementations share (certificate-transparency-go, merkle tests).
LEAVES = [
    bytes.fromhex(text)
    for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
ROOTS = {
    0: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    4: "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    5: "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    6: "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    7: "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def defined_root(hashes: list[bytes]) -> bytes:
    """MTH as RFC 6962 section 2.1 defines it."""
    if not hashes:
        return hashlib.sha256(b"").digest()
    if len(hashes) == 1:
        return hashes[0]
    split = 1
    while split * 2 < len(hashes):
        split *= 2
    return hashlib.sha256(b"\x01" + defined_root(hashes[:split]) + defined_root(hashes[split:])).digest()


def some_hashes(count: int) -> list[bytes]:
    return [merkle.leaf_hash(b"leaf %d" % number) for number in range(count)]


def reader(hashes: list[bytes]) -> merkle.NodeReader:
    return lambda level, index: defined_root(hashes[index << level : (index + 1) << level])


@pytest.mark.parametrize("size", ROOTS)
def test_roots_equal_the_published_vectors(size: int) -> None:
    assert merkle.root_of([merkle.leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size]


@pytest.mark.parametrize("size", [0, 1, 2, 3, 5, 8, 13, 31, 32, 33, 100, 255, 256, 257])
def test_roots_equal_the_rfc_definition(size: int) -> None:
    hashes = some_hashes(size)
    assert merkle.root_of(hashes) == defined_root(hashes)
    assert merkle.subtree_root(reader(hashes), 0, size) == defined_root(hashes)


def test_every_inclusion_proof_up_to_40_leaves_verifies_and_no_other_position_does() -> None:
    for size in range(1, 41):
        hashes = some_hashes(size)
        root = defined_root(hashes)
        for index in range(size):
            proof = merkle.prove_inclusion(reader(hashes), index, size)
            merkle.verify_inclusion(hashes[index], index, size, proof, root)
            other = (index + 1) % size
            if other != index:
                with pytest.raises(merkle.ProofError):
                    merkle.verify_inclusion(hashes[index], other, size, proof, root)


def test_every_consistency_proof_up_to_40_leaves_verifies() -> None:
    hashes = some_hashes(40)
    for new in range(41):
        for old in range(new + 1):
            proof = merkle.prove_consistency(reader(hashes[:new]), old, new)
            merkle.verify_consistency(old, new, proof, defined_root(hashes[:old]), defined_root(hashes[:new]))


@given(st.data())
def test_a_changed_history_is_never_consistent(data: st.DataObject) -> None:
    new = data.draw(st.integers(2, 90))
    old = data.draw(st.integers(1, new - 1))
    hashes = some_hashes(new)
    forged = list(hashes)
    forged[data.draw(st.integers(0, old - 1))] = merkle.leaf_hash(b"forged")
    proof = merkle.prove_consistency(reader(forged), old, new)
    with pytest.raises(merkle.ProofError):
        merkle.verify_consistency(old, new, proof, defined_root(hashes[:old]), defined_root(forged))


@given(st.data())
def test_a_proof_with_any_flipped_bit_or_wrong_length_is_refused(data: st.DataObject) -> None:
    size = data.draw(st.integers(2, 90))
    index = data.draw(st.integers(0, size - 1))
    hashes = some_hashes(size)
    root = defined_root(hashes)
    proof = merkle.prove_inclusion(reader(hashes), index, size)
    step = data.draw(st.integers(0, len(proof) - 1))
    bit = data.draw(st.integers(0, 255))
    flipped = (int.from_bytes(proof[step], "big") ^ 1 << bit).to_bytes(32, "big")
    for broken in ([*proof[:step], flipped, *proof[step + 1 :]], proof[:-1], [*proof, root], [b"short", *proof[1:]]):
        with pytest.raises(merkle.ProofError):
            merkle.verify_inclusion(hashes[index], index, size, broken, root)


def test_impossible_requests_are_named() -> None:
    read = reader(some_hashes(3))
    for index, size in ((3, 3), (-1, 3), (0, 0)):
        with pytest.raises(merkle.ProofError, match="is not in a tree"):
            merkle.prove_inclusion(read, index, size)
        with pytest.raises(merkle.ProofError, match="is not in a tree"):
            merkle.verify_inclusion(b"", index, size, [], b"")
    with pytest.raises(merkle.ProofError, match="cannot extend"):
        merkle.prove_consistency(read, 4, 3)
    with pytest.raises(merkle.ProofError, match="cannot extend"):
        merkle.verify_consistency(4, 3, [], b"", b"")


def test_two_trees_of_one_size_need_one_root_and_an_empty_proof() -> None:
    root, other = merkle.leaf_hash(b"a"), merkle.leaf_hash(b"b")
    merkle.verify_consistency(1, 1, [], root, root)
    with pytest.raises(merkle.ProofError, match="different roots"):
        merkle.verify_consistency(1, 1, [], root, other)
    with pytest.raises(merkle.ProofError, match="different roots"):
        merkle.verify_consistency(0, 1, [], root, other)
    with pytest.raises(merkle.ProofError, match="must be empty"):
        merkle.verify_consistency(1, 1, [root], root, root)
    with pytest.raises(merkle.ProofError, match="too short"):
        merkle.verify_consistency(3, 5, [], root, other)
