"""How the command line speaks: argparse in Chinese, lines as wide as they look, one line for a call that is wrong."""

import argparse
import re
import sys
from typing import Any, Final, NoReturn
from unicodedata import east_asian_width

_SAID: Final = (
    (r"the following arguments are required: (.*)", r"缺少 \1"),
    (r"argument (.*): invalid choice: (.*) \(choose from (.*)\)", r"\1 没有 \2 这一项，可以是 \3"),
    (r"unrecognized arguments: (.*)", r"不认识 \1"),
    (r"argument (.*): expected (?:one|at least one) argument", r"\1 后面要写一个值"),
    (r"argument (.*): invalid \w+ value: (.*)", r"\1 不能写成 \2"),
    (r"argument (.*): not allowed with argument (.*)", r"\1 和 \2 不能一起用"),
    (r"argument (.*): ignored explicit argument (.*)", r"\1 后面不写值，多了 \2"),
    (r"ambiguous option: (.*) could match (.*)", r"\1 可以是 \2，请写全"),
    (r"argument (.*?): (.*)", r"\1：\2"),
)
"""What argparse says, and how we say it; the last one is for messages of our own."""


class Parser(argparse.ArgumentParser):
    """A parser whose help and complaints are for the people of an office."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**(given | {"add_help": False, "formatter_class": _Layout, "allow_abbrev": False}))
        self._positionals.title = "参数"
        self._optionals.title = "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def add_subparsers(self, **given: Any) -> Any:
        """Give commands a heading; a command's own help begins with the line that the list of commands has about it."""
        commands: Any = super().add_subparsers(**({"title": "做什么", "metavar": "做什么"} | given))
        add = commands.add_parser
        commands.add_parser = lambda name, **words: add(name, **({"description": words.get("help")} | words))
        return commands

    def error(self, message: str) -> NoReturn:
        """Say what is wrong with the call and where to read how it goes; exit 2."""
        for pattern, words in _SAID:
            said, found = re.subn(f"^{pattern}$", words, message, count=1, flags=re.DOTALL)
            if found:
                message = said
                break
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: {message}。用法见 {self.prog} --help\n")


class _Layout(argparse.HelpFormatter):
    def add_usage(self, usage: Any, actions: Any, groups: Any, prefix: str | None = None) -> None:
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)

    def _split_lines(self, text: str, width: int) -> list[str]:
        return _wrapped(text, width)

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        return "\n".join(indent + line for line in _wrapped(text, width - len(indent)))


def _wrapped(text: str, width: int) -> list[str]:
    """Break after `width` columns, a Chinese character taking two; words of Latin letters stay whole."""
    lines = [""]
    for piece in re.findall(r"[!-~]+|\s+|.[，。；：、）”》]*", text):
        if _columns(lines[-1] + piece.rstrip()) > width and lines[-1]:
            lines.append("")
        lines[-1] += piece if lines[-1] else piece.lstrip()
    return [line.rstrip() for line in lines]


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(one) in "WF" else 1 for one in text)
