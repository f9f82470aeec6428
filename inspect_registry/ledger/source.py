"""Where an auditor reads a published log from: a folder or a web address, neither of which is believed."""

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Final, Protocol

from inspect_registry.ledger.publication import CHECKPOINT
from inspect_registry.ledger.tiles import WIDTH

PATIENCE: Final = 20.0  # seconds for one file of a URL
MAX_FILE: Final = WIDTH * (2 + 65_535)


class LogRejectedError(Exception):
    """The log is not what it must be; the message says what was found and where."""


class Source(Protocol):
    """Where a published log is read from."""

    def get(self, path: str) -> bytes:
        """Return a file's bytes; raises `FileNotFoundError`."""
        ...


class FolderSource:
    """A log in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def get(self, path: str) -> bytes:
        return (self._root / path).read_bytes()


class UrlSource:
    """A log behind a web address."""

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix.rstrip("/")

    def get(self, path: str) -> bytes:
        try:
            with urllib.request.urlopen(f"{self._prefix}/{path}", timeout=PATIENCE) as response:  # noqa: S310 - open_site let only http(s) pass.
                data: bytes = response.read(MAX_FILE + 1)
                if response.length:
                    raise OSError(f"{self._prefix}/{path} is cut off or too large")
                return data
        except urllib.error.HTTPError as error:
            error.close()
            if error.code == 404:
                raise FileNotFoundError(path) from error
            raise OSError(f"{self._prefix}/{path} answers {error.code}") from error
        except (http.client.HTTPException, ValueError) as error:  # Cut off, no HTTP at all, or no address.
            raise OSError(f"{self._prefix}/{path} cannot be read: {str(error).strip()}") from error


def open_site(site: str) -> Source:
    """Find the log of a folder or URL: there itself, or below `log/` as on our public site."""
    source: Callable[[str], Source]
    if site.startswith(("http://", "https://")):
        source = UrlSource
    elif "://" in site:
        raise LogRejectedError(f"{site} is neither a folder nor an http(s) address")
    else:
        source = lambda prefix: FolderSource(Path(prefix))  # noqa: E731 - one of two ways to make the same thing.
    for prefix in (site.rstrip("/"), site.rstrip("/") + "/log"):
        try:
            source(prefix).get(CHECKPOINT)
        except OSError as error:
            problem = error
        else:
            return source(prefix)
    raise LogRejectedError(f"no checkpoint at {site} nor at {site.rstrip('/')}/log: {problem}")
