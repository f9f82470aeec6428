"""Names, bytes and growth of tiles; the examples are those of the C2SP text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_registry.ledger import merkle, tiles
from inspect_registry.ledger.tiles import TileName


def hashes_of(size: int) -> list[bytes]:
    return [merkle.leaf_hash(b"%d" % number) for number in range(size)]


def grown(sizes: list[int]) -> tuple[tiles.Tree, dict[TileName, bytes]]:
    """Grow a tree in steps, storing tiles as a publisher would."""
    store: dict[TileName, bytes] = {}
    tree = tiles.Tree()
    every = hashes_of(sizes[-1])
    for size in sizes:
        tree = tiles.Tree.load(tree.size, store.__getitem__)
        for name, hashes in tree.extend(every[tree.size : size]):
            store[name] = b"".join(hashes)
        for name, hashes in tree.partial_tiles():
            store[name] = b"".join(hashes)
    return tree, store


def test_paths_are_those_of_the_specification() -> None:
    assert TileName(0, 1234067).path == "tile/0/x001/x234/067"
    assert TileName(2, 0, 1).path == "tile/2/000.p/1"
    assert TileName(-1, 273, 112).path == "tile/entries/273.p/112"
    assert TileName(0, 1000).path == "tile/0/x001/000"


def test_a_tree_of_70000_has_the_tiles_that_the_specification_lists() -> None:
    names = list(tiles.tiles_of(70_000))
    assert [sum(name.level == 0 and name.width == 256 for name in names), len(names)] == [273, 273 + 4]
    assert names[-3:] == [TileName(1, 0), TileName(1, 1, 17), TileName(2, 0, 1)]
    assert TileName(0, 273, 112) in names
    assert list(tiles.tiles_of(256)) == [TileName(0, 0), TileName(1, 0, 1)]
    assert list(tiles.tiles_of(0)) == []


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=5))
def test_growing_in_steps_gives_the_tiles_and_root_of_growing_at_once(steps: list[int]) -> None:
    sizes = [sum(steps[: number + 1]) for number in range(len(steps))]
    tree, store = grown(sizes)
    assert tree.root == merkle.root_of(hashes_of(sizes[-1]))
    for name in tiles.tiles_of(sizes[-1]):
        assert len(store[name]) == 32 * name.width


def test_a_tree_over_two_levels_is_read_back_with_every_proof() -> None:
    size = 66_000
    tree, store = grown([65_536, size])
    assert tree.root == merkle.root_of(hashes_of(size))
    read = tiles.node_reader(size, store.__getitem__)
    for index in (0, 255, 256, 65_535, 65_536, 65_999):
        proof = merkle.prove_inclusion(read, index, size)
        merkle.verify_inclusion(merkle.leaf_hash(b"%d" % index), index, size, proof, tree.root)
    for old in (1, 256, 65_535, 65_536, 65_537):
        proof = merkle.prove_consistency(read, old, size)
        merkle.verify_consistency(old, size, proof, merkle.root_of(hashes_of(old)), tree.root)


def test_every_checkpoint_of_the_past_can_still_be_proved_from_the_grown_tree() -> None:
    tree, store = grown([1, 2, 3, 200, 256, 257, 300])
    read = tiles.node_reader(300, store.__getitem__)
    for old in range(1, 301):
        merkle.verify_consistency(
            old, 300, merkle.prove_consistency(read, old, 300), merkle.root_of(hashes_of(old)), tree.root
        )


def test_bundles_come_back_as_they_went_and_damage_is_named() -> None:
    entries = [b"a", b"b" * 65_535, b"c"]
    data = tiles.pack_entries(entries)
    name = TileName(-1, 0, 3)
    assert tiles.unpack_entries(data, name) == entries
    for broken, message in (
        (data[:-1], "cut off"),
        (data + b"\x00", "cut off"),
        (data[3:], "holds 2 entries"),
        (b"\x00\x00", "cut off"),
    ):
        with pytest.raises(tiles.LogDamagedError, match=message):
            tiles.unpack_entries(broken, name)
    for impossible in (b"", b"x" * 65_536):
        with pytest.raises(tiles.LogDamagedError, match="between 1 and 65535"):
            tiles.pack_entries([impossible])


def test_a_tile_of_wrong_length_and_a_node_outside_the_tree_are_refused() -> None:
    with pytest.raises(tiles.LogDamagedError, match="not 64"):
        tiles.split_hashes(b"x" * 63, TileName(0, 0, 2))
    read = tiles.node_reader(3, lambda name: b"".join(hashes_of(name.width)))
    with pytest.raises(tiles.LogDamagedError, match="not complete"):
        read(2, 0)
    with pytest.raises(tiles.LogDamagedError, match="not part of"):
        read(0, 256)
