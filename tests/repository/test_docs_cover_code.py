"""Documents are a contract: every setting, command, error, permission, ledger action, word and link is there, and true."""

import argparse
import importlib
import re

import msgspec

from inspect_registry.access.permissions import Permission
from inspect_registry.cli import parser
from inspect_registry.config import Settings, variable
from inspect_registry.errors import RegistryError
from inspect_registry.ledger.actions import Action
from tests.repository.source import ROOT, dotted, modules, table, tracked


def test_settings() -> None:
    assert sorted(table("settings")) == sorted(variable(field.name) for field in msgspec.structs.fields(Settings))


def test_commands() -> None:
    def walk(made: argparse.ArgumentParser, before: str) -> list[str]:
        groups = [action for action in made._actions if isinstance(action, argparse._SubParsersAction)]
        if not groups:
            return [before]
        return [name for word, child in groups[0].choices.items() for name in walk(child, f"{before} {word}".strip())]

    assert sorted(table("commands")) == sorted(walk(parser(), ""))


def test_errors() -> None:
    for path in modules():
        if path.name not in ("app.py", "__main__.py"):
            importlib.import_module(dotted(path))

    def below(kind: type[RegistryError]) -> set[str]:
        ours = [child for child in kind.__subclasses__() if child.__module__.startswith("inspect_registry.")]
        return {kind.code}.union(*(below(child) for child in ours))

    codes = below(RegistryError) | {
        "internal",
        "method-not-allowed",
        "unsupported-media-type",
        "unknown-host",
        "cross-site",
    }
    listed = set(table("errors"))
    assert codes - listed == set(), f"not in docs/errors.md: {sorted(codes - listed)}"
    assert listed - codes == set(), f"in docs/errors.md, but no such error: {sorted(listed - codes)}"


def test_permissions() -> None:
    assert sorted(table("permissions")) == sorted(permission.value for permission in Permission)


def test_ledger_actions() -> None:
    assert sorted(table("ledger-actions")) == sorted(action.value for action in Action)


def test_dependencies() -> None:
    named = {
        re.split(r"[<>=\[ #]", line)[0].lower()
        for name in ("requirements.in", "requirements-dev.in")
        for line in (ROOT / name).read_text().splitlines()
        if line and not line.startswith(("#", "-r"))
    }
    text = (ROOT / "docs" / "dependencies.md").read_text().lower()
    missing = sorted(name for name in named if f"`{name}`" not in text)
    assert not missing, f"docs/dependencies.md says nothing about {missing}"


def test_glossary_words_exist_in_code_or_schema() -> None:
    everything = "\n".join(
        path.read_text(encoding="utf-8")
        for path in tracked()
        if path.suffix in (".py", ".sql", ".toml") and "tests" not in path.parts
    )
    words = table("glossary", 1)
    assert len(words) >= 40
    absent = [
        word
        for cell in words
        for word in re.split(r"[,、/ ]+", cell.replace("`", ""))
        if word and word not in everything
    ]
    assert not absent, absent


def test_links_in_documents_resolve() -> None:
    broken = []
    for path in tracked():
        if path.suffix != ".md":
            continue
        for target in re.findall(r"\]\(([^)#\s]+)", path.read_text(encoding="utf-8")):
            if not re.match(r"[a-z]+:", target) and not (path.parent / target).exists():
                broken.append(f"{path.relative_to(ROOT)} → {target}")
    assert not broken, broken


def test_every_decision_is_in_the_index() -> None:
    index = (ROOT / "docs" / "adr" / "README.md").read_text()
    missing = [path.name for path in (ROOT / "docs" / "adr").glob("0*.md") if path.name not in index]
    assert not missing, missing
