"""The command line's help and complaints: in Chinese, whole, and never a traceback."""

import argparse
from collections.abc import Iterator

import pytest

from inspect_registry import cli
from inspect_registry.cli.parsing import Parser, _wrapped

HAN = ("\u4e00", "\u9fff")


def has_chinese(text: str) -> bool:
    return any(HAN[0] <= one <= HAN[1] for one in text)


def parsers(made: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield made
    for action in made._actions:
        if isinstance(action, argparse._SubParsersAction):
            for inner in action.choices.values():
                yield from parsers(inner)


EVERY = {one.prog: one for one in parsers(cli.parser())}


def unexplained(one: argparse.ArgumentParser) -> list[str]:
    missing = [] if has_chinese(one.description or "") else ["description"]
    return missing + [
        str(action.option_strings or action.dest)
        for action in one._actions
        if not isinstance(action, argparse._SubParsersAction) and not has_chinese(action.help or "")
    ]


@pytest.mark.parametrize("prog", EVERY)
def test_every_command_and_argument_is_explained_in_chinese(prog: str) -> None:
    assert unexplained(EVERY[prog]) == []


def test_an_argument_without_words_is_noticed() -> None:
    silent = Parser(prog="x", description="说明")
    silent.add_argument("--quiet")
    assert unexplained(silent) == ["['--quiet']"]


@pytest.mark.parametrize("prog", EVERY)
def test_no_line_of_a_help_is_wider_than_a_terminal(prog: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for line in EVERY[prog].format_help().splitlines():
        assert len(line.encode("gbk")) <= 82, line  # Two bytes for each Chinese character; 。 may hang over the edge.


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "缺少 命令"),
        ("frobnicate", "命令 没有 'frobnicate' 这一项"),
        ("ledger verfy", "没有 'verfy' 这一项，可以是 'verify'"),
        ("solve x", "缺少 --out"),
        ("solve x --out y --seed one", "--seed 不能写成 'one'"),
        ("solve x --out y --seconds -1", "--seconds：须为正数"),
        ("solve x --out y --warm", "--warm 后面要写一个值"),
        ("schema apply now", "不认识 now"),
        ("publish --mon 2026-12", "不认识 --mon 2026-12"),
        ("publish --month 2026-13", "2026-13 不是月份"),
        ("import annual-plan f --year 1 --check", "2000 到 2100"),
        ("import annual-plan f --year 2026 --check=yes", "--check 后面不写值"),
        ("demo --enterprises 0", "不小于 200"),
        ("serve --demo --enterprises -5", "--enterprises"),
        ("catalogue report --on gestern", "--on 不能写成 'gestern'"),
    ],
)
def test_a_wrong_call_is_told_in_one_line_and_ends_with_2(
    line: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.main(line.split())
    assert ended.value.code == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert said in last
    assert last.endswith("--help")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (FileNotFoundError(2, "No such file or directory", "/no/such"), "inspect-registry: /no/such：No such file"),
        (ConnectionRefusedError(111, "Connection refused"), "inspect-registry: 连接：Connection refused"),
    ],
)
def test_what_the_machine_refuses_is_one_line_and_1(
    error: OSError, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_arguments: argparse.Namespace) -> int:
        raise error

    made = Parser(prog="x")
    made.set_defaults(run=refuse)
    monkeypatch.setattr(cli, "parser", lambda _only: made)
    assert cli.main([]) == 1
    told = capsys.readouterr().err
    assert told.startswith(said)
    assert len(told.splitlines()) == 1


def test_lines_break_by_width_between_chinese_characters_and_never_inside_a_word() -> None:
    assert _wrapped("监听端口（PORT），默认 8000", 12) == ["监听端口（", "PORT），默认", "8000"]
