"""The stand-alone verifier, loaded from its file as a stranger would: nothing of the registry is imported."""

from importlib import util
from pathlib import Path
from types import ModuleType

PROGRAM = Path(__file__).parents[1] / "inspect_registry" / "ledger" / "standalone" / "verify.py"


def load() -> ModuleType:
    """Load the program."""
    spec = util.spec_from_file_location("standalone_verify", PROGRAM)
    assert spec is not None
    assert spec.loader is not None
    module = util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
