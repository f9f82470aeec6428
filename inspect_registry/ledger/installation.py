"""Where one installation keeps its log: the signer's folder, the witnesses' (in the demo), and the published files.

var/log/                published: checkpoint, tile/…, policy.txt; served as /log/
var/ledger/policy.txt   the policy with the addresses of the witnesses, for the sequencer
var/ledger/signer/      the signer's key and memory; in production on another machine, under another account
var/ledger/witness-N/   demo only: witnesses belong to other organisations
"""

import hashlib
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from inspect_registry.ledger import signer, witness
from inspect_registry.ledger.keeper import MEMORY_FILE, KeeperError
from inspect_registry.ledger.keys import load_verifier
from inspect_registry.ledger.note import VerifierKey
from inspect_registry.ledger.policy import Policy, parse_policy
from inspect_registry.ledger.publication import POLICY, LogFolder

_SOCKET_LIMIT: Final = 100  # bytes; the system's own limit for the name of a unix socket is 107


class Places(msgspec.Struct, frozen=True):
    """The folders below one `var`."""

    var: Path

    @property
    def published(self) -> LogFolder:
        return LogFolder(self.var / "log")

    @property
    def signer(self) -> Path:
        return self.var / "ledger" / "signer"

    @property
    def policy_file(self) -> Path:
        return self.var / "ledger" / POLICY

    @property
    def signer_address(self) -> str:
        return _socket_address(self.signer / "signer.sock")

    def witness(self, number: int) -> Path:
        """Return the folder of a demo witness, counted from 1."""
        return self.var / "ledger" / f"witness-{number}"

    def witness_address(self, number: int) -> str:
        """Return where a demo witness answers."""
        return _socket_address(self.witness(number) / "witness.sock")

    def published_policy(self) -> str:
        """Return the policy as the world reads it: without addresses."""
        return str(msgspec.structs.replace(self.policy(), urls={}))

    def policy(self) -> Policy:
        """Read the policy; raises KeeperError when this installation has no log yet."""
        try:
            return parse_policy(self.policy_file.read_bytes())
        except FileNotFoundError as error:
            raise KeeperError(
                f"{self.policy_file} is missing: found the log once with `inspect-registry keys new`"
            ) from error


def is_founded(var: Path) -> bool:
    """Tell whether this installation has a log."""
    return Places(var).policy_file.is_file()


def init_once(var: Path, *, origin: str, witnesses: int) -> Policy:
    """Begin the log of a new installation, with demo witnesses of its own; an existing one is left alone.

    Called by the explicit commands only. A first time that was interrupted is finished: no key is made twice.
    """
    places = Places(var)
    if is_founded(var):
        return places.policy()
    key = _once(places.signer, lambda: signer.init(places.signer, origin))
    watched = []
    for number in range(1, witnesses + 1):
        folder, name = places.witness(number), f"{origin}/witness-{number}"
        watched.append((_once(folder, partial(witness.init, folder, name, [key])), places.witness_address(number)))
    return write_policy(places, key, watched, threshold=witnesses // 2 + 1 if witnesses else 0)


def commands(var: Path, witnesses: int) -> list[list[str]]:
    """Return the command lines of the processes that work beside the service, each to be kept running."""
    places = Places(var)
    lines = [["signer", "--folder", str(places.signer), "--listen", places.signer_address, "--with-parent"]]
    for number in range(1, witnesses + 1):
        folder, address = str(places.witness(number)), places.witness_address(number)
        lines.append(["witness", "--folder", folder, "--listen", address, "--with-parent"])
    return [*lines, ["ledger", "sequence", "--with-parent"]]


def write_policy(places: Places, key: VerifierKey, witnesses: list[tuple[VerifierKey, str]], threshold: int) -> Policy:
    """Write the policy: with addresses for the sequencer, without for the world."""
    policy = Policy.of(key, [verifier for verifier, _ in witnesses], threshold)
    addresses = {name: address for name, (_, address) in zip(policy.witnesses, witnesses, strict=True)}
    policy = msgspec.structs.replace(policy, urls=addresses)
    places.policy_file.parent.mkdir(parents=True, exist_ok=True)
    temporary = places.policy_file.with_suffix(".new")
    temporary.write_text(str(policy))
    temporary.replace(places.policy_file)
    places.published.publish_policy(places.published_policy())
    return policy


def _once(folder: Path, make: Callable[[], VerifierKey]) -> VerifierKey:
    """Make a keeper's key and memory, or take those that a first try made whole; a half-made folder never signed."""
    if (folder / MEMORY_FILE).exists():
        return load_verifier(folder)
    if folder.exists():
        shutil.rmtree(folder)
    return make()


def _socket_address(path: Path) -> str:
    """Return a unix socket's address; in the system's temporary folder when the path to `var` is too long."""
    name = str(path.absolute())
    if len(name.encode()) > _SOCKET_LIMIT:
        name = f"{tempfile.gettempdir()}/ir-{hashlib.sha256(name.encode()).hexdigest()[:16]}.sock"
    return f"unix:{quote(name)}"
