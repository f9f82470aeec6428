"""Where evidence is kept: the folder `var/evidence`, or an object store by setting."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Protocol

from inspect_registry.config import Settings
from inspect_registry.fieldwork.evidence_folder import EvidenceFolder, Stored


class EvidenceKeeper(Protocol):
    """What takes files in whole and gives them back unchanged."""

    async def take(self, chunks: AsyncIterator[bytes], *, name: str, most_bytes: int) -> Stored:
        """Store a stream and return its hash; nothing is kept unless all of it is."""

    async def check(self, digest: bytes, size: int) -> Path:
        """Read a file through and return where it can be read. Raises EvidenceDamaged."""

    def sweep(self) -> int:
        """Remove what a crash left behind; call it while nobody uploads. Returns how many files."""


def evidence_keeper(settings: Settings) -> EvidenceKeeper:
    """Return the keeper that the settings ask for; nothing is connected yet."""
    if not settings.evidence_bucket:
        return EvidenceFolder(settings.var / "evidence")
    from inspect_registry.fieldwork.evidence_bucket import EvidenceBucket  # noqa: PLC0415 - most have no bucket

    return EvidenceBucket(
        settings.var / "evidence-cache", settings.evidence_bucket, endpoint=settings.evidence_endpoint
    )
