"""Evidence in an object store (S3 and what speaks like it), under the same names as in the folder: `ab/<sha256>`.

A file is first taken into a local folder, because its name is its hash and its limits are judged as it comes in; then
it goes up whole, is asked back for its size, and only then may its row be committed. An object store shows a file when
all of it has arrived and never half, so a crash leaves at most an object that no row names. The local folder is a
cache: what is missing there is fetched, and given out only when its hash is right.
"""

from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from obstore import get_async, head_async, put_async
from obstore.exceptions import BaseError
from obstore.store import S3Store

from inspect_registry.fieldwork.errors import EvidenceDamaged, EvidenceStoreUnavailable
from inspect_registry.fieldwork.evidence_folder import CHUNK_BYTES, EvidenceFolder, Stored, name_of

if TYPE_CHECKING:
    from obstore.store import S3Config

RETRIES: Final = 2


class EvidenceBucket:
    """A bucket of files named by their content, with a local folder in front of it."""

    def __init__(self, cache: Path, bucket: str, *, endpoint: str = "") -> None:
        """Say where: `bucket` is s3://name or s3://name/prefix.

        Without an endpoint it is Amazon's own service; keys and region come from the usual AWS_* variables.
        """
        self._cache = EvidenceFolder(cache)
        parts = urlsplit(bucket)
        config: S3Config = {"checksum_algorithm": "SHA256"}
        if endpoint:
            config["endpoint"] = endpoint
        self._store = S3Store(
            parts.netloc,
            prefix=parts.path.strip("/") or None,
            config=config,
            client_options={
                "timeout": timedelta(seconds=60),
                "connect_timeout": timedelta(seconds=3),
                "allow_http": endpoint.startswith("http://"),
            },
            retry_config={"max_retries": RETRIES},
        )

    async def take(self, chunks: AsyncIterator[bytes], *, name: str, most_bytes: int) -> Stored:
        """Store a stream and return its hash, as EvidenceFolder does. Raises EvidenceStoreUnavailable as well."""
        stored = await self._cache.take(chunks, name=name, most_bytes=most_bytes)
        key = name_of(stored.digest)
        try:
            if await self._size(key) != stored.size:
                await put_async(self._store, key, self._cache.path_of(stored.digest))
                if await self._size(key) != stored.size:
                    raise EvidenceStoreUnavailable("证据存储没有完整收下文件。")
        except BaseError as error:
            raise EvidenceStoreUnavailable from error
        return stored

    async def check(self, digest: bytes, size: int) -> Path:
        """Return a local path with this content, fetched when it is not there.

        Raises EvidenceDamaged when what the bucket has is missing or changed, EvidenceStoreUnavailable.
        """
        try:
            return await self._cache.check(digest, size)
        except EvidenceDamaged:
            return await self._cache.restore(self._content(name_of(digest)), digest, size)

    def sweep(self) -> int:
        """Empty the local folder of strays and copies of what the bucket has; call it while nobody uploads."""
        return self._cache.sweep() + self._cache.forget()

    async def _size(self, key: str) -> int | None:
        try:
            return (await head_async(self._store, key))["size"]
        except FileNotFoundError:
            return None

    async def _content(self, key: str) -> AsyncIterator[bytes]:
        try:
            async for chunk in (await get_async(self._store, key)).stream(min_chunk_size=CHUNK_BYTES):
                yield bytes(chunk)
        except FileNotFoundError as error:
            raise EvidenceDamaged(f"证据存储中没有文件{key[3:15]}…。", rule="evidence-unchanged") from error
        except BaseError as error:
            raise EvidenceStoreUnavailable from error
