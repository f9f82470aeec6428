"""What an auditor asks of published time stamps: each covers a checkpoint that this log signed and still extends.

Whether the authority itself signed is for OpenSSL to say, with the authority's certificate in the auditor's hands.
"""

import hashlib
import subprocess
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Final

import msgspec

from inspect_registry.clock import day_of
from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint
from inspect_registry.ledger.policy import Policy
from inspect_registry.ledger.publication import STAMPED_DAYS, STAMPS
from inspect_registry.ledger.source import LogRejectedError, Source
from inspect_registry.ledger.timestamp import StampRefusedError, stamped_at

OPENSSL_SECONDS: Final = 30


class Stamp(msgspec.Struct, frozen=True, kw_only=True):
    """One day's stamped checkpoint."""

    day: date
    at: datetime
    """What the authority says."""
    checkpoint: Checkpoint
    note: bytes
    answer: bytes


def published_stamps(source: Source, policy: Policy) -> list[Stamp]:
    """Read all stamps and check all but the authority's own signature. Raises LogRejectedError, NoteError."""
    try:
        days = source.get(f"{STAMPS}/{STAMPED_DAYS}").decode().split()
    except FileNotFoundError:
        return []
    return [_stamp(source, policy, day) for day in days]


def _stamp(source: Source, policy: Policy, name: str) -> Stamp:
    try:
        day = date.fromisoformat(name)
        note, answer = source.get(f"{STAMPS}/{day}.checkpoint"), source.get(f"{STAMPS}/{day}.tsr")
        at = stamped_at(answer, hashlib.sha256(note).digest())
    except (FileNotFoundError, ValueError, StampRefusedError) as error:
        raise LogRejectedError(f"the time stamp of {name}: {error}") from error
    checkpoint, parsed = parse_checkpoint(note)
    policy.check_signatures(checkpoint, parsed)
    if day_of(at) != day:
        raise LogRejectedError(f"the time stamp of {day} was made on {day_of(at)}")
    return Stamp(day=day, at=at, checkpoint=checkpoint, note=note, answer=answer)


def verify_authority(stamps: list[Stamp], certificate: Path) -> None:
    """Have OpenSSL check the authority's signature on each stamp. Raises LogRejectedError."""
    with tempfile.TemporaryDirectory() as folder:
        data, answer = Path(folder, "checkpoint"), Path(folder, "answer")
        for stamp in stamps:
            data.write_bytes(stamp.note)
            answer.write_bytes(stamp.answer)
            command = ["openssl", "ts", "-verify", "-data", str(data), "-in", str(answer), "-CAfile", str(certificate)]
            try:
                done = subprocess.run(  # noqa: S603 - fixed words and our own temporary names
                    command, capture_output=True, text=True, check=False, timeout=OPENSSL_SECONDS
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise LogRejectedError(f"openssl cannot be run, so time stamps cannot be checked: {error}") from error
            if done.returncode:
                reason = (done.stderr.strip().splitlines() or ["openssl refuses it"])[-1]
                raise LogRejectedError(f"the time stamp of {stamp.day} is not the authority's: {reason}")
