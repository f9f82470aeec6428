"""Where one installation keeps its log: the signer's folder, the witnesses' (in the demo), and the published files.

var/log/                published: checkpoint, tile/…, policy.txt; served as /log/
var/ledger/policy.txt   the policy with the addresses of the witnesses, for the sequencer
var/ledger/signer/      the signer's key and memory; in production on another machine, under another account
var/ledger/witness-N/   demo only: witnesses belong to other organisations
"""

import hashlib
import tempfile
from pathlib import Path
from typing import Final

import msgspec

from inspect_registry.ledger import signer, witness
from inspect_registry.ledger.keeper import KeeperError
from inspect_registry.ledger.keys import VERIFIER_FILE, load_verifier
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
        """The unix socket of the signer; in the system's temporary folder when the path to `var` is too long."""
        path = str(self.signer.absolute() / "signer.sock")
        if len(path.encode()) > _SOCKET_LIMIT:
            path = f"{tempfile.gettempdir()}/ir-signer-{hashlib.sha256(path.encode()).hexdigest()[:16]}.sock"
        return f"unix:{path}"

    def witness(self, number: int) -> Path:
        """Return the folder of a demo witness, counted from 1."""
        return self.var / "ledger" / f"witness-{number}"

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


def found_log(var: Path, origin: str, witnesses: list[tuple[VerifierKey, str]], threshold: int) -> Policy:
    """Begin a log: once, by an explicit command. Makes the signer's key and memory and writes the policy.

    `witnesses` are verifier keys with the addresses where they answer; so many of them must have signed.
    """
    places = Places(var)
    if places.policy_file.exists():
        raise KeeperError(f"{places.policy_file} exists already: a log is founded once")
    made = (places.signer / VERIFIER_FILE).exists()
    key = load_verifier(places.signer) if made else signer.init(places.signer, origin)
    return write_policy(places, key, witnesses, threshold)


def found_demo_log(var: Path, origin: str, ports: list[int], threshold: int) -> Policy:
    """Begin a log with witnesses of its own on loopback ports: for the demo, where nobody else is there to watch."""
    places = Places(var)
    if places.policy_file.exists():
        raise KeeperError(f"{places.policy_file} exists already: a log is founded once")
    key = signer.init(places.signer, origin)
    watched = []
    for number, port in enumerate(ports, 1):
        verifier = witness.init(places.witness(number), f"witness-{number}.{origin}", [key])
        watched.append((verifier, f"http://127.0.0.1:{port}"))
    return write_policy(places, key, watched, threshold)


def write_policy(places: Places, key: VerifierKey, witnesses: list[tuple[VerifierKey, str]], threshold: int) -> Policy:
    """Write the policy: with addresses for the sequencer, without for the world."""
    policy = Policy.of(key, [verifier for verifier, _ in witnesses], threshold)
    addresses = {name: address for name, (_, address) in zip(policy.witnesses, witnesses, strict=True)}
    policy = msgspec.structs.replace(policy, urls=addresses)
    places.policy_file.parent.mkdir(parents=True, exist_ok=True)
    places.published.publish_policy(str(msgspec.structs.replace(policy, urls={})))
    temporary = places.policy_file.with_suffix(".new")
    temporary.write_text(str(policy))
    temporary.replace(places.policy_file)
    return policy
