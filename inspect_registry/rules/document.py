"""The table of parameters in docs/rules.md, made from the parameters themselves.

`python -m inspect_registry.rules.document docs/rules.md` puts it between its two marks; a test finds it out of date.
"""

import sys
from pathlib import Path
from typing import Final

from inspect_registry.rules.reader import parameter_names, versions

BEGIN: Final = "<!-- parameters: made by inspect_registry.rules.document -->"
END: Final = "<!-- end of parameters -->"
_HEAD: Final = """\
| parameter | 中文 | value | from | to | basis | source | sample |
|---|---|---|---|---|---|---|---|"""


def parameter_table() -> str:
    """Every dated value as one row of a Markdown table, by name and day."""
    rows = [
        f"| `{name}` | {p.title} | {p.value} {p.unit} | {p.effective_from} | {p.effective_to or '—'} "
        f"| {p.basis} | {p.source} | {'sample' if p.sample else '—'} |"
        for name in parameter_names()
        for p in versions(name)
    ]
    return "\n".join([_HEAD, *rows])


def refreshed(document: str) -> str:
    """The document with the table of today between its marks. Raises ValueError where a mark is missing."""
    before, begin, rest = document.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        msg = f"no place for the table: the document needs the lines {BEGIN} and {END}"
        raise ValueError(msg)
    return f"{before}{BEGIN}\n{parameter_table()}\n{END}{after}"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(refreshed(path.read_text(encoding="utf-8")), encoding="utf-8")
