"""Whose word counts (C2SP tlog-policy): the log's keys, the witnesses, and how many of them must have signed."""

import re
from collections.abc import Iterable
from typing import Final, Self

import msgspec

from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint
from inspect_registry.ledger.note import COSIGNATURE_V1, ED25519, Note, NoteError, VerifierKey

NONE: Final = "none"
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")


class PolicyError(ValueError):
    """The policy file cannot be read; the message names the line."""


class Group(msgspec.Struct, frozen=True):
    """So many of these must have witnessed."""

    threshold: int
    members: tuple[str, ...]


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """A policy file, read."""

    logs: tuple[VerifierKey, ...]
    witnesses: dict[str, VerifierKey]
    groups: dict[str, Group]
    quorum: str
    urls: dict[str, str] = {}
    """Where a witness answers, by its name in the policy; the URL of a log stands under the log's key name."""

    @property
    def log(self) -> VerifierKey:
        """The key that signs now: the last one named. Those above it are older and signed older checkpoints."""
        return self.logs[-1]

    @classmethod
    def of(cls, log: VerifierKey, witnesses: Iterable[VerifierKey] = (), threshold: int = 0) -> Self:
        """Make the plain policy "this log, and so many of these witnesses"."""
        named = {f"w{number}": key for number, key in enumerate(witnesses, 1)}
        groups = {"quorum-group": Group(threshold, tuple(named))} if threshold else {}
        return cls(logs=(log,), witnesses=named, groups=groups, quorum="quorum-group" if threshold else NONE)

    def __str__(self) -> str:
        lines = [f"log {key} {self.urls.get(key.name, '')}".rstrip() for key in self.logs]
        lines += [f"witness {name} {key} {self.urls.get(name, '')}".rstrip() for name, key in self.witnesses.items()]
        lines += [f"group {name} {group.threshold} {' '.join(group.members)}" for name, group in self.groups.items()]
        return "\n".join([*lines, f"quorum {self.quorum}"]) + "\n"

    def accept(self, data: bytes | str) -> Checkpoint:
        """Believe a signed checkpoint, or raise `NoteError` saying whose signature is missing or false."""
        checkpoint, note = parse_checkpoint(data)
        self.check_signatures(checkpoint, note)
        if not self.is_witnessed(note):
            raise NoteError(f"too few witnesses signed the checkpoint of {checkpoint.size} leaves")
        return checkpoint

    def check_signatures(self, checkpoint: Checkpoint, note: Note) -> None:
        """Check that a log of this policy with the checkpoint's origin signed it; the witnesses are not counted."""
        mine = [key for key in self.logs if key.name == checkpoint.origin]
        if not note.opened_by(mine):
            raise NoteError(f"no log of the policy signed this checkpoint of {checkpoint.origin}")

    def is_witnessed(self, note: Note) -> bool:
        """Tell whether the quorum has cosigned; raises when a known witness's line is false."""
        signers = set(note.opened_by(self.witnesses.values()))
        return self._has(self.quorum, signers)

    def _has(self, name: str, signers: set[VerifierKey]) -> bool:
        if name == NONE:
            return True
        if name in self.witnesses:
            return self.witnesses[name] in signers
        group = self.groups[name]
        return sum(self._has(member, signers) for member in group.members) >= group.threshold


def parse_policy(data: bytes | str) -> Policy:
    """Read a policy file; raises `PolicyError` naming the line and what is wrong with it."""
    text = data.decode("utf-8", "surrogateescape") if isinstance(data, bytes) else data
    reader = _Reader()
    for number, line in enumerate(text.split("\n"), 1):
        words = line.split()
        if _CONTROL.search(line):
            raise PolicyError(f"line {number}: control characters are not allowed")
        if words and not words[0].startswith("#"):
            try:
                reader.take(words)
            except (NoteError, ValueError) as error:
                raise PolicyError(f"line {number}: {error}") from error
    if reader.quorum is None:
        raise PolicyError("the policy has no quorum line")
    return Policy(
        logs=tuple(reader.logs),
        witnesses=reader.witnesses,
        groups=reader.groups,
        quorum=reader.quorum,
        urls=reader.urls,
    )


class _Reader:
    def __init__(self) -> None:
        self.logs: list[VerifierKey] = []
        self.witnesses: dict[str, VerifierKey] = {}
        self.groups: dict[str, Group] = {}
        self.urls: dict[str, str] = {}
        self.quorum: str | None = None
        self._used: set[str] = set()

    def take(self, words: list[str]) -> None:
        match words:
            case ["log", key, *url] if len(url) <= 1:
                self._log(VerifierKey.parse(key), url)
            case ["witness", name, key, *url] if len(url) <= 1:
                self._witness(name, VerifierKey.parse(key), url)
            case ["group", name, threshold, *members] if members:
                self._group(name, threshold, members)
            case ["quorum", name]:
                self._quorum(name)
            case _:
                raise ValueError(f"cannot read {' '.join(words)!r}")

    def _log(self, key: VerifierKey, url: list[str]) -> None:
        if key.kind != ED25519 or any(other.public == key.public for other in self.logs):
            raise ValueError(f"the key of log {key.name} is of another type or stands here twice")
        self.logs.append(key)
        if url:
            self.urls[key.name] = url[0]

    def _witness(self, name: str, key: VerifierKey, url: list[str]) -> None:
        self._new(name)
        if key.kind != COSIGNATURE_V1 or any(other.public == key.public for other in self.witnesses.values()):
            raise ValueError(f"the key of witness {name} is of another type or stands here twice")
        self.witnesses[name] = key
        if url:
            self.urls[name] = url[0]

    def _group(self, name: str, threshold: str, members: list[str]) -> None:
        self._new(name)
        for member in members:
            self._known(member)
            if member in self._used:
                raise ValueError(f"{member} is a member twice")
            self._used.add(member)
        count = {"all": len(members), "any": 1}.get(threshold) or (int(threshold) if threshold.isdecimal() else 0)
        if not 1 <= count <= len(members):
            raise ValueError(f"a group of {len(members)} cannot need {threshold}")
        self.groups[name] = Group(count, tuple(members))

    def _quorum(self, name: str) -> None:
        if self.quorum is not None:
            raise ValueError("a policy has one quorum line")
        if name != NONE:
            self._known(name)
        self.quorum = name

    def _new(self, name: str) -> None:
        if name == NONE or name in self.witnesses or name in self.groups:
            raise ValueError(f"the name {name} is taken")

    def _known(self, name: str) -> None:
        if name not in self.witnesses and name not in self.groups:
            raise ValueError(f"{name} is not defined above")
