"""The Merkle tree of RFC 6962 section 2.1 (the same as RFC 9162), in the RFC's words.

Pure: hashes in, hashes out. Where hashes come from is the business of the `NodeReader` handed in; `tiles.py` makes one
out of tiles. Nothing here trusts the reader: proofs are checked by whoever receives them with `verify_inclusion` and
`verify_consistency`.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

HASH_BYTES: Final = 32
EMPTY_ROOT: Final = hashlib.sha256(b"").digest()

NodeReader = Callable[[int, int], bytes]
"""(level, index) -> the hash of the complete subtree of 2**level leaves that starts at leaf index * 2**level."""


class ProofError(ValueError):
    """The proof does not connect what it claims to connect."""


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf: SHA-256(0x00 | leaf)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash an inner node: SHA-256(0x01 | left | right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def complete_root(hashes: Sequence[bytes]) -> bytes:
    """Root of a complete subtree; the number of hashes is a power of two."""
    row = list(hashes)
    while len(row) > 1:
        row = [hashlib.sha256(b"\x01" + row[i] + row[i + 1]).digest() for i in range(0, len(row), 2)]
    return row[0]


def merge_right(hashes: Sequence[bytes], rest: bytes | None) -> bytes | None:
    """Root of `hashes`, which start aligned, followed by `rest`: the root of fewer leaves than one of them covers."""
    end = len(hashes)
    width = 1
    while end:
        if end & width:
            chunk = complete_root(hashes[end - width : end])
            rest = chunk if rest is None else node_hash(chunk, rest)
            end -= width
        width <<= 1
    return rest


def root_of(leaf_hashes: Sequence[bytes]) -> bytes:
    """MTH of all these leaf hashes."""
    return merge_right(leaf_hashes, None) or EMPTY_ROOT


def subtree_root(read: NodeReader, start: int, end: int) -> bytes:
    """MTH(D[start:end]) for a range as RFC 6962 splits a tree: start is a multiple of the range's rounded-up size."""
    size = end - start
    if size == 0:
        return EMPTY_ROOT
    split = _split(size)
    if split == size:
        level = size.bit_length() - 1
        return read(level, start >> level)
    return node_hash(subtree_root(read, start, start + split), subtree_root(read, start + split, end))


def prove_inclusion(read: NodeReader, index: int, size: int) -> list[bytes]:
    """PATH(index, D[size]): the audit path, from the leaf's sibling up to the root's child."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size} leaves")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        split = _below(end - start)
        if index < start + split:
            path.append(subtree_root(read, start + split, end))
            end = start + split
        else:
            path.append(subtree_root(read, start, start + split))
            start += split
    return path[::-1]


def prove_consistency(read: NodeReader, old: int, new: int) -> list[bytes]:
    """PROOF(old, D[new]); empty when there is nothing to prove (old is 0 or equals new)."""
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves cannot extend one of {old}")
    if old in {0, new}:
        return []
    proof: list[bytes] = []
    start, end, whole = 0, new, True
    while old != end - start:
        split = _below(end - start)
        if old <= split:
            proof.append(subtree_root(read, start + split, end))
            end = start + split
        else:
            proof.append(subtree_root(read, start, start + split))
            start += split
            old -= split
            whole = False
    if not whole:
        proof.append(subtree_root(read, start, end))
    return proof[::-1]


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> None:
    """Check that the leaf hash stands at `index` in the tree with this size and root (RFC 9162 section 2.1.3.2)."""
    if not 0 <= index < size:
        raise ProofError(f"leaf {index} is not in a tree of {size} leaves")
    result = leaf
    for step, is_left in _climb(index, size - 1, _hashes(proof)):
        result = node_hash(step, result) if is_left else node_hash(result, step)
    if result != root:
        raise ProofError("the inclusion proof leads to another root")


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> None:
    """Check that the tree of `new` leaves begins with the tree of `old` leaves (RFC 9162 section 2.1.4.2)."""
    steps = _hashes(proof)
    if not 0 <= old <= new:
        raise ProofError(f"a tree of {new} leaves cannot extend one of {old}")
    if old in {0, new}:
        if steps:
            raise ProofError("the consistency proof must be empty")
        if (old == 0 and old_root != EMPTY_ROOT) or (old == new and old_root != new_root):
            raise ProofError("two trees of the same size have different roots")
        return
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        raise ProofError("the consistency proof is too short")
    node, last = old - 1, new - 1
    while node & 1:
        node >>= 1
        last >>= 1
    first = second = steps[0]
    for step, is_left in _climb(node, last, steps[1:]):
        if is_left:
            first, second = node_hash(step, first), node_hash(step, second)
        else:
            second = node_hash(second, step)
    if first != old_root or second != new_root:
        raise ProofError("the new tree does not begin with the old one")


def _climb(node: int, last: int, steps: Sequence[bytes]) -> Iterator[tuple[bytes, bool]]:
    """Walk from a leaf to the root: each step with whether it stands to the left; the number of steps must fit."""
    for step in steps:
        if last == 0:
            raise ProofError("the proof is too long")
        is_left = bool(node & 1) or node == last
        yield step, is_left
        while is_left and node and not node & 1:
            node >>= 1
            last >>= 1
        node >>= 1
        last >>= 1
    if last != 0:
        raise ProofError("the proof is too short")


def _hashes(proof: Iterable[bytes]) -> list[bytes]:
    steps = list(proof)
    if any(len(step) != HASH_BYTES for step in steps):
        raise ProofError(f"a hash of a proof has {HASH_BYTES} bytes")
    return steps


def _split(size: int) -> int:
    """Size itself when it is a power of two, else the largest power of two below it."""
    return size if size & (size - 1) == 0 else _below(size)


def _below(size: int) -> int:
    """Largest power of two smaller than size (size > 1)."""
    return 1 << ((size - 1).bit_length() - 1)
