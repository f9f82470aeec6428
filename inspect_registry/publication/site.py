"""Reading the public site from disk: no database, no path made from what a visitor sent.

A visitor's path is looked up in the manifest of the release in force; only names found there are opened. Answers carry
the file's hash as validator; files that stay for ever may be kept for ever.
"""

import hashlib
import mimetypes
from collections import OrderedDict
from pathlib import Path
from typing import Final

import msgspec

from inspect_registry.publication.manifest import MANIFEST, Manifest, read_manifest, stays_forever
from inspect_registry.publication.rendering import FOLDER

CACHE_BYTES: Final = 64 * 1024 * 1024
"""How much of the site one process keeps in memory."""
_TYPES: Final = {
    "html": "text/html",
    "css": "text/css",
    "js": "text/javascript",
    "json": "application/json",
    "csv": "text/csv",
    "svg": "image/svg+xml",
    "xml": "application/atom+xml",
    "ics": "text/calendar",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_DATA: Final = frozenset({"json", "csv", "xlsx", "xml", "ics"})


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """One public file, ready to be answered with."""

    path: str
    media_type: str
    """Without charset: every text is UTF-8."""
    etag: str
    """Quoted strong validator of the plain bytes."""
    cache: str
    """Cache-Control."""
    content: bytes
    compressed: bytes | None
    data: bool
    """Open data: any origin may read it (CORS)."""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """A folder was asked for without its slash."""

    location: str


class PublicSite:
    """The release in force, as a server reads it. Notices a switch at the next request."""

    def __init__(self, public: Path) -> None:
        self._public = public
        self._target: Path | None = None
        self._manifest = Manifest(files={})
        self._pages: OrderedDict[str, Page] = OrderedDict()
        self._held = 0

    def find(self, path: str) -> Page | Moved | None:
        """Return the page at this path (without the leading slash), a redirection, or None."""
        self._follow()
        name = f"{path}index.html" if path == "" or path.endswith("/") else path
        if name in self._manifest.files or (name == MANIFEST and self._target is not None):
            return self._page(name)
        if f"{path}/index.html" in self._manifest.files:
            return Moved(location=f"/{path}/")
        return self._asset(name)

    def _follow(self) -> None:
        try:
            target = self._public.parent / self._public.readlink()
        except OSError:
            return
        if target != self._target and (target / MANIFEST).exists():
            self._manifest = read_manifest(target)
            self._target = target
            self._pages.clear()
            self._held = 0

    def _page(self, name: str) -> Page | None:
        held = self._pages.get(name)
        if held is not None:
            self._pages.move_to_end(name)
            return held
        if self._target is None:
            return None
        try:
            content = (self._target / name).read_bytes()
            packed = self._target / f"{name}.gz"
            compressed = packed.read_bytes() if packed.exists() else None
        except OSError:
            return None
        page = _made(name, content, compressed, hashlib.sha256(content).hexdigest())
        self._keep(page)
        return page

    def _keep(self, page: Page) -> None:
        self._pages[page.path] = page
        self._held += _size(page)
        while self._held > CACHE_BYTES and len(self._pages) > 1:
            _, gone = self._pages.popitem(last=False)
            self._held -= _size(gone)

    @staticmethod
    def _asset(name: str) -> Page | None:
        """Find an asset of the design system before the first release: signed-in pages need it then, too."""
        folder, _, file = name.partition("/")
        known = {path.name: path for path in (FOLDER / "assets").iterdir()} if folder == "assets" else {}
        if file not in known:
            return None
        content = known[file].read_bytes()
        return _made(name, content, None, hashlib.sha256(content).hexdigest())


def _made(name: str, content: bytes, compressed: bytes | None, digest: str) -> Page:
    ending = name.rpartition(".")[2]
    return Page(
        path=name,
        media_type=_TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream",
        etag=f'"{digest[:32]}"',
        cache="public, max-age=31536000, immutable" if stays_forever(name) else "public, max-age=60, must-revalidate",
        content=content,
        compressed=compressed,
        data=ending in _DATA,
    )


def _size(page: Page) -> int:
    return len(page.content) + len(page.compressed or b"")
