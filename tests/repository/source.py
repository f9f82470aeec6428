"""Reading the repository itself: modules, syntax trees, tables of documents."""

import ast
import re
import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PACKAGE = ROOT / "inspect_registry"
_RULE = re.compile(r"^\|[\s:|-]+\|$")


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the repository (tracked, or new and not ignored)."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        text=True,
    ).stdout.splitlines()
    return tuple(path for name in sorted(set(listed)) if (path := ROOT / name).is_file())


@cache
def modules() -> tuple[Path, ...]:
    """Every Python file of the package."""
    return tuple(path for path in tracked() if path.suffix == ".py" and PACKAGE in path.parents)


@cache
def tree(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def dotted(path: Path) -> str:
    """The module's name."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def table(name: str, column: int = 0) -> list[str]:
    """One column of the tables in docs/<name>.md, code marks stripped; headers and rules are left out."""
    lines = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8").splitlines()
    cells: list[str] = []
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if not line.startswith("|") or _RULE.match(line) or _RULE.match(following):
            continue
        row = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if column < len(row):
            cells.append(row[column])
    return cells
