"""Founding the log of one installation: keys, memories and policy. Run by an explicit command in its own process."""

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from inspect_registry.ledger import signer, witness
from inspect_registry.ledger.keeper import MEMORY_FILE
from inspect_registry.ledger.keys import load_verifier
from inspect_registry.ledger.note import VerifierKey
from inspect_registry.ledger.places import Places, is_founded
from inspect_registry.ledger.policy import Policy


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
