"""How the fast core is compiled, and where its machine code is kept.

numba keeps compiled functions on disk and looks only at the file of each function to see whether they are still
good. Our functions share column numbers and call each other across files, so their cache lies in a folder named
by the digest of all sources of this package: changed code can never meet old code. The folder is below
NUMBA_CACHE_DIR when that is set, else below this package's `__pycache__`, else (where that is not writable) below
the user's cache folder. With NUMBA_BOUNDSCHECK=1 the core tells of addresses outside its memory instead of reading
them; that code has a folder of its own.
"""

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol, TypeVar, get_type_hints

from numba import config, njit, types


class Memory(Protocol):
    """All tables of the core, one after another (layout.py); an array of 32-bit integers."""

    def __getitem__(self, at: int, /) -> int: ...

    def __setitem__(self, at: int, value: int, /) -> None: ...


class Totals(Protocol):
    """Numbers of the whole problem and running figures of the plan (layout.py); an array of 64-bit integers."""

    def __len__(self) -> int: ...

    def __getitem__(self, at: int, /) -> int: ...

    def __setitem__(self, at: int, value: int, /) -> None: ...


_HERE = Path(__file__).parent
_CHECKED = "-checked" if config.BOUNDSCHECK else ""  # type: ignore[attr-defined]  # numba makes its settings at run time.


def _digest_of_sources() -> str:
    """Return a digest of this file, of the column numbers, and of every file with compiled functions."""
    digest = hashlib.sha256()
    for source in sorted(_HERE.glob("*.py")):
        content = source.read_bytes()
        if source.name == "layout.py" or b"kernel" in content:
            digest.update(source.name.encode() + b"\0" + content)
    return digest.hexdigest()[:16]


def _cache_folder() -> Path:
    """Return the first folder that can be written to."""
    given = os.environ.get("NUMBA_CACHE_DIR")
    places = [Path(given)] if given else [_HERE / "__pycache__", Path.home() / ".cache" / "inspect-registry"]
    for place in places:
        folder = place / f"planner-{_digest_of_sources()}{_CHECKED}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=folder):
                return folder
        except OSError:
            continue
    return Path(tempfile.mkdtemp(prefix="planner-"))


config.CACHE_DIR = str(_cache_folder())  # type: ignore[attr-defined]  # numba fills its settings in at run time

F = TypeVar("F", bound=Callable[..., Any])

_TYPES: dict[object, Any] = {
    int: types.int64,
    bool: types.boolean,
    None: types.void,
    type(None): types.void,
    tuple[int, int]: types.Tuple((types.int64, types.int64)),  # type: ignore[no-untyped-call]  # numba is untyped.
    Memory: types.Array(types.int32, 1, "C"),
    Totals: types.Array(types.int64, 1, "C"),
}


# Without numba's run time no array is counted: its atomic counters cost half of the time, and more with two threads.
_OPTIONS: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy", "_nrt": False}


def kernel(function: F) -> F:
    """Compile the function once, for the types it is annotated with; it runs without the interpreter's lock."""
    hints = get_type_hints(function)
    result = _TYPES[hints.pop("return")]
    compiled: F = njit(result(*(_TYPES[hint] for hint in hints.values())), **_OPTIONS)(function)
    return compiled
