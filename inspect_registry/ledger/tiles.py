"""The static layout of the log (C2SP tlog-tiles): names of tiles and entry bundles, their bytes, and growing them.

A tile holds up to 256 hashes of one level; level L's hashes are the roots of full tiles of level L - 1. The rightmost
tile of a level may be partial and then bears its width in its name. A tile once written under a name never changes.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final, NamedTuple

from inspect_registry.ledger.merkle import EMPTY_ROOT, HASH_BYTES, NodeReader, complete_root, merge_right

HEIGHT: Final = 8
WIDTH: Final = 1 << HEIGHT
BUNDLE_LEVEL: Final = -1
MAX_ENTRY_BYTES: Final = 65_535


class LogDamagedError(ValueError):
    """A tile or bundle does not hold what the checkpoint promises."""


class TileName(NamedTuple):
    """Where a tile stands; level -1 means the bundle of entries under the tile of level 0."""

    level: int
    number: int
    width: int = WIDTH

    @property
    def path(self) -> str:
        """Path below the log's prefix, as C2SP writes it: tile/0/x001/234.p/17."""
        level = "entries" if self.level < 0 else str(self.level)
        digits = f"{self.number:03d}"
        digits = digits.zfill(-(-len(digits) // 3) * 3)
        groups = [digits[i : i + 3] for i in range(0, len(digits), 3)]
        name = "/".join([*("x" + group for group in groups[:-1]), groups[-1]])
        return f"tile/{level}/{name}" + (f".p/{self.width}" if self.width < WIDTH else "")


TileReader = Callable[[TileName], bytes]


def tiles_of(size: int) -> Iterator[TileName]:
    """Every hash tile of a tree, level by level, left to right."""
    level, count = 0, size
    while count:
        full, width = divmod(count, WIDTH)
        yield from (TileName(level, number) for number in range(full))
        if width:
            yield TileName(level, full, width)
        level, count = level + 1, full


def bundles_of(size: int) -> Iterator[TileName]:
    """Every entry bundle of a tree, left to right."""
    full, width = divmod(size, WIDTH)
    yield from (TileName(BUNDLE_LEVEL, number) for number in range(full))
    if width:
        yield TileName(BUNDLE_LEVEL, full, width)


def right_edge(size: int) -> list[TileName]:
    """The partial tiles of a tree, lowest level first: all that is needed to grow it and to know its root."""
    edge, level, count = [], 0, size
    while count:
        full, width = divmod(count, WIDTH)
        if width:
            edge.append(TileName(level, full, width))
        level, count = level + 1, full
    return edge


def width_in(size: int, level: int, number: int) -> int:
    """How many hashes the tile has in a tree of this size; 0 when it is not there yet."""
    count = size >> (HEIGHT * max(level, 0))
    return max(0, min(WIDTH, count - number * WIDTH))


def split_hashes(data: bytes, name: TileName) -> list[bytes]:
    """Cut a tile into hashes; raises `LogDamagedError` when its length is not what its name says."""
    if len(data) != name.width * HASH_BYTES:
        raise LogDamagedError(f"{name.path} has {len(data)} bytes, not {name.width * HASH_BYTES}")
    return [data[i : i + HASH_BYTES] for i in range(0, len(data), HASH_BYTES)]


def pack_entries(entries: Iterable[bytes]) -> bytes:
    """Write an entry bundle: each entry after its length in two bytes, high byte first."""
    parts: list[bytes] = []
    for entry in entries:
        if not 1 <= len(entry) <= MAX_ENTRY_BYTES:
            raise LogDamagedError(f"an entry has between 1 and {MAX_ENTRY_BYTES} bytes")
        parts += (len(entry).to_bytes(2, "big"), entry)
    return b"".join(parts)


def unpack_entries(data: bytes, name: TileName) -> list[bytes]:
    """Read an entry bundle; raises `LogDamagedError` unless it holds exactly as many entries as its name says."""
    entries, at = [], 0
    while at < len(data):
        length = int.from_bytes(data[at : at + 2], "big")
        entry = data[at + 2 : at + 2 + length]
        if length == 0 or len(entry) != length:
            raise LogDamagedError(f"{name.path} is cut off at byte {at}")
        entries.append(entry)
        at += 2 + length
    if len(entries) != name.width:
        raise LogDamagedError(f"{name.path} holds {len(entries)} entries, not {name.width}")
    return entries


class Tree:
    """A growing tree, known by its right edge only: memory does not grow with the log."""

    def __init__(self, size: int = 0, edge: Iterable[Sequence[bytes]] = ()) -> None:
        self.size = size
        self._levels = [list(hashes) for hashes in edge]
        """Hashes of the partial tile of each level, empty where that level's rightmost tile is full."""

    @classmethod
    def load(cls, size: int, read: TileReader) -> "Tree":
        """Take up a tree where its partial tiles left it."""
        tree = cls(size)
        for name in right_edge(size):
            while len(tree._levels) <= name.level:
                tree._levels.append([])
            tree._levels[name.level] = split_hashes(read(name), name)
        return tree

    @property
    def root(self) -> bytes:
        rest: bytes | None = None
        for hashes in self._levels:
            rest = merge_right(hashes, rest)
        return rest or EMPTY_ROOT

    def extend(self, leaf_hashes: Iterable[bytes]) -> Iterator[tuple[TileName, list[bytes]]]:
        """Append leaf hashes; yields each tile at the moment it becomes full."""
        for value in leaf_hashes:
            self.size += 1
            yield from self._push(0, value)

    def partial_tiles(self) -> Iterator[tuple[TileName, list[bytes]]]:
        """Yield the tiles of the right edge that are not full, lowest level first."""
        for name in right_edge(self.size):
            yield name, list(self._levels[name.level])

    def _push(self, level: int, value: bytes) -> Iterator[tuple[TileName, list[bytes]]]:
        if len(self._levels) == level:
            self._levels.append([])
        hashes = self._levels[level]
        hashes.append(value)
        if len(hashes) == WIDTH:
            self._levels[level] = []
            yield TileName(level, (self.size >> HEIGHT * (level + 1)) - 1), hashes
            yield from self._push(level + 1, complete_root(hashes))


def node_reader(size: int, read: TileReader) -> NodeReader:
    """Read nodes of a published tree of this size out of its tiles, each tile fetched once."""
    cache: dict[tuple[int, int], list[bytes]] = {}

    def tile(level: int, number: int) -> list[bytes]:
        if (level, number) not in cache:
            name = TileName(level, number, width_in(size, level, number))
            if not name.width:
                raise LogDamagedError(f"{name.path} is not part of a tree of {size} leaves")
            cache[level, number] = split_hashes(read(name), name)
        return cache[level, number]

    def node(level: int, index: int) -> bytes:
        tile_level, above = divmod(level, HEIGHT)
        first = index << above
        hashes = tile(tile_level, first // WIDTH)
        start = first % WIDTH
        chunk = hashes[start : start + (1 << above)]
        if len(chunk) != 1 << above:
            raise LogDamagedError(f"node {index} of level {level} is not complete in a tree of {size} leaves")
        return complete_root(chunk)

    return node
