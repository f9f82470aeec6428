"""Getting a new checkpoint signed: by the signer, without whom nothing goes on, and by the witnesses who answer."""

import asyncio
from collections.abc import Awaitable, Callable

from inspect_registry.ledger.checkpoint import Checkpoint, parse_checkpoint
from inspect_registry.ledger.client import KeeperClient, KeeperRefusedError, KeeperUnreachableError
from inspect_registry.ledger.failpoints import failpoint
from inspect_registry.ledger.note import NoteError, VerifierKey, parse_note, parse_signatures
from inspect_registry.ledger.policy import Policy

Prove = Callable[[int], Awaitable[list[bytes]]]
"""Old size → consistency proof from there to the checkpoint in question."""


class HistoryDiffersError(Exception):
    """The signer remembers another history than the database tells: nothing may be appended until that is explained."""


async def sign(signer: KeeperClient, key: VerifierKey, checkpoint: Checkpoint, old: int, prove: Prove) -> str:
    """Have the signer sign; returns the note. Raises HistoryDiffersError, or KeeperUnreachableError (ask again)."""
    try:
        line = await _extend(signer, checkpoint, f"{checkpoint.text}\n", old, prove)
    except KeeperRefusedError as error:
        known = error.known_size
        if known is not None and known > checkpoint.size:
            raise HistoryDiffersError(
                f"签名机已签到第 {known} 条，数据库只有 {checkpoint.size} 条：数据库可能是从旧备份恢复的"
            ) from error
        raise HistoryDiffersError(
            f"签名机拒绝签署 {checkpoint.size} 条的台账（{error.status}）：数据库中的历史与已签署的不一致"
        ) from error
    note = f"{checkpoint.text}\n{line}"
    try:
        if not parse_note(note).opened_by([key]):
            raise HistoryDiffersError("the signer signed with another key than the policy names")
    except NoteError as error:
        raise HistoryDiffersError(f"the signer's signature is wrong: {error}") from error
    return note


class Witnesses:
    """The witnesses of a policy, and what each is believed to know."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self._clients = {name: KeeperClient(policy.urls[name]) for name in policy.witnesses if name in policy.urls}
        self._known: dict[str, int] = {}

    def is_satisfied(self, note: str) -> bool:
        """Tell whether enough witnesses of the policy have signed."""
        return self._policy.is_witnessed(parse_note(note))

    async def cosign(self, note: str, prove: Prove) -> str:
        """Ask everybody who has not signed yet; returns the note with the good cosignatures added."""
        checkpoint, parsed = parse_checkpoint(note)
        signed = parsed.opened_by(self._policy.witnesses.values())
        missing = [name for name in self._clients if self._policy.witnesses[name] not in signed]
        for answer in asyncio.as_completed([self._ask(name, checkpoint, note, prove) for name in missing]):
            note += await answer
            failpoint("between-witnesses")
        return note

    async def _ask(self, name: str, checkpoint: Checkpoint, note: str, prove: Prove) -> str:
        try:
            lines = await _extend(self._clients[name], checkpoint, note, self._known.get(name, 0), prove)
            good = [line for line in parse_signatures(lines) if self._is_good(name, checkpoint, line.line)]
        except (KeeperUnreachableError, KeeperRefusedError, NoteError):
            return ""  # The checkpoint goes out without this one; the loop asks again until the quorum is there.
        self._known[name] = checkpoint.size
        return "".join(line.line for line in good)

    def _is_good(self, name: str, checkpoint: Checkpoint, line: str) -> bool:
        return bool(parse_note(f"{checkpoint.text}\n{line}").opened_by([self._policy.witnesses[name]]))


async def _extend(client: KeeperClient, checkpoint: Checkpoint, note: str, old: int, prove: Prove) -> str:
    """Ask with the size we believe the keeper to know; when it knows another that we can prove from, ask once more."""
    try:
        return await client.add_checkpoint(old, await prove(old), note)
    except KeeperRefusedError as error:
        known = error.known_size
        if known is None or known == old or known > checkpoint.size:
            raise
    # A lost answer leaves the keeper one step ahead of what we noted; a new one knows nothing yet.
    return await client.add_checkpoint(known, await prove(known), note)
