"""Watches what tests do to rules: which refusals are made, which results name a rule, which rules pass.

docs/rules.md names for each rule a test where it bites and one where it must not. While such a test runs this listens,
and a test that is named but does not do it fails: the page cannot claim more than the tests show.
"""

import dis
import importlib
import inspect
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, FrameType
from typing import Any, NamedTuple

from inspect_registry.errors import RegistryError

PAGE = Path(__file__).parents[1] / "docs" / "rules.md"
_LONGEST = 20_000
"""Characters of a result that are searched for a rule's identifier."""


class Rule(NamedTuple):
    """One row of the page."""

    sentence: str
    identifiers: tuple[str, ...]
    source: str
    in_force: str
    function: str
    parameter: str
    bites: str
    """Test by file and name."""
    spares: str


def rules_on(page: str) -> list[Rule]:
    """Read the rows of every section of the page but the parameters."""
    found = []
    for line in page.partition("\n## Rules of")[2].splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if not line.startswith("| ") or cells[0] == "rule" or len(cells) != len(Rule._fields):
            continue  # tests/repository/test_rules_page.py tells of a row that is none.
        sentence, identifiers, source, in_force, function, parameter, bites, spares = cells
        found.append(
            Rule(
                sentence=sentence,
                identifiers=tuple(re.findall(r"`([a-z0-9-]+)`", identifiers)),
                source=source,
                in_force=in_force,
                function=function.strip("`"),
                parameter=parameter,
                bites=bites.strip("`"),
                spares=spares.strip("`"),
            )
        )
    return found


def resolved(function: str) -> Any:
    """Return what a dotted name stands for. Raises AttributeError, ModuleNotFoundError."""
    names = function.split(".")
    for cut in range(len(names) - 1, 0, -1):
        try:
            found: Any = importlib.import_module(".".join(names[:cut]))
        except ModuleNotFoundError:
            continue
        for name in names[cut:]:
            found = getattr(found, name)
        return found
    raise ModuleNotFoundError(function)


def code_of(function: str) -> CodeType | None:
    """Return the code of a rule's function, beneath its decorators; None for a class."""
    found = inspect.unwrap(resolved(function))
    return getattr(found, "__code__", None)


class Seen:
    """What one test did to one rule."""

    def __init__(self) -> None:
        self.bitten = False
        self.passed = False
        self.asked = False


def _gives_back(frame: FrameType) -> bool:
    """Whether a frame that ends a step really returns: one that waits or is raised through ends its step, too."""
    return dis.opname[frame.f_code.co_code[frame.f_lasti]] in ("RETURN_VALUE", "RETURN_CONST")


@contextmanager
def watching(rule: Rule) -> Iterator[Seen]:
    """Watch one rule while a test runs: refusals by its identifiers, and what its function returns."""
    seen, code = Seen(), code_of(rule.function)
    refused: list[str] = []
    begun: dict[FrameType, int] = {}
    made = RegistryError.__init__
    # A list of faults whose own file does not name the rule: that there is one says it.
    silent = (
        rule.function.endswith("faults")
        and not any(
            f'"{identifier}"' in Path(code.co_filename).read_text(encoding="utf-8") for identifier in rule.identifiers
        )
        if code
        else False
    )

    def noting(self: RegistryError, *arguments: Any, **named: Any) -> None:
        made(self, *arguments, **named)
        refused.append(self.rule or type(self).code)
        seen.bitten = seen.bitten or self.rule in rule.identifiers

    before = sys.getprofile()

    def calls(frame: FrameType, event: str, result: Any) -> None:
        if before is not None:
            before(frame, event, result)  # Another rule is watched too.
        if frame.f_code is not code:
            return
        seen.asked = True
        if event == "call":
            begun.setdefault(frame, len(refused))  # A coroutine is called again each time it goes on.
        if event != "return" or not _gives_back(frame):
            return
        if len(refused) > begun.pop(frame):
            return  # Something below it refused.
        told = "" if result is None else repr(result)[:_LONGEST]
        if any(identifier in told for identifier in rule.identifiers) or (silent and result):
            seen.bitten = True
        else:
            seen.passed = True

    RegistryError.__init__ = noting  # type: ignore[method-assign]  # put back below
    if code is not None:
        sys.setprofile(calls)
    try:
        yield seen
    finally:
        sys.setprofile(before)
        RegistryError.__init__ = made  # type: ignore[method-assign]  # as it was


def claims(nodeid: str, listed: list[Rule]) -> list[tuple[Rule, str]]:
    """Return what the page claims of a test and can be watched: rules that bite in it, and rules that spare somebody.

    A class is never called: there the test speaks for itself.
    """
    listed = [rule for rule in listed if code_of(rule.function) is not None]
    name = nodeid.partition("[")[0]
    return [(rule, "bites") for rule in listed if rule.bites == name] + [
        (rule, "spares") for rule in listed if rule.spares == name
    ]


def broken_claim(rule: Rule, kind: str, seen: Seen) -> str:
    """Say what a test was claimed to show and did not; empty where it did.

    A rule without an identifier refuses nobody: of it is watched that the test asks its function at all.
    """
    if not rule.identifiers:
        return "" if seen.asked else f"docs/rules.md says that this test shows {rule.function}, and it was never called"
    if kind == "bites" and not seen.bitten:
        return f"docs/rules.md says that {rule.identifiers} bites in this test, and it did not"
    if kind == "spares" and not seen.passed:
        return f"docs/rules.md says that {rule.identifiers} spares somebody in this test, and {rule.function} never did"
    return ""
