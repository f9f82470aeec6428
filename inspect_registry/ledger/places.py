"""Where one installation keeps its log. Whoever serves the world knows this and no more: no key is loaded from here.

var/log/                published: checkpoint, tile/…, policy.txt; served as /log/
var/ledger/policy.txt   the policy with the addresses of signer and witnesses, for the sequencer
var/ledger/signer/      the signer's key and memory; in production on another machine, under another account
var/ledger/witness-N/   demo only: witnesses belong to other organisations
"""

import hashlib
import tempfile
from pathlib import Path
from typing import Final
from urllib.parse import quote

import msgspec

from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.policy import Policy, PolicyError, parse_policy
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
    def signer_socket(self) -> str:
        """Return where a signer of this installation answers."""
        return _socket_address(self.signer / "signer.sock")

    @property
    def signer_address(self) -> str:
        """Return where the signer is asked: behind the log's key in the policy, else at the socket of our own."""
        policy = self.policy()
        return policy.urls.get(policy.log.name, self.signer_socket)

    def witness_folders(self) -> list[Path]:
        """Return the folders of the demo witnesses that this installation has, in order."""
        found: list[Path] = []
        while (folder := self.witness(len(found) + 1)).is_dir():
            found.append(folder)
        return found

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
        """Read the policy; raises KeeperError when this installation has no log yet or the file cannot be read."""
        try:
            policy = parse_policy(self.policy_file.read_bytes())
        except PolicyError as error:
            raise KeeperError(f"{self.policy_file}: {error}") from error
        except FileNotFoundError as error:
            raise KeeperError(
                f"{self.policy_file} is missing: found the log once with `inspect-registry ledger found`"
            ) from error
        if not policy.logs:
            raise KeeperError(f"{self.policy_file}: no line names the log's key")
        return policy


def is_founded(var: Path) -> bool:
    """Tell whether this installation has a log."""
    return Places(var).policy_file.is_file()


def commands(var: Path) -> list[list[str]]:
    """Return the command lines of the processes that work beside the service, each to be kept running.

    A signer or witnesses that live elsewhere have no folder here and are reached by the addresses in the policy.
    """
    places, lines = Places(var), []
    if places.signer.is_dir():
        lines.append(["signer", "--folder", str(places.signer), "--listen", places.signer_socket, "--with-parent"])
    for number, folder in enumerate(places.witness_folders(), 1):
        address = places.witness_address(number)
        lines.append(["witness", "--folder", str(folder), "--listen", address, "--with-parent"])
    return [*lines, ["ledger", "sequence", "--with-parent"]]


def _socket_address(path: Path) -> str:
    """Return a unix socket's address; in the system's temporary folder when the path to `var` is too long."""
    name = str(path.absolute())
    if len(name.encode()) > _SOCKET_LIMIT:
        name = f"{tempfile.gettempdir()}/ir-{hashlib.sha256(name.encode()).hexdigest()[:16]}.sock"
    return f"unix:{quote(name)}"
