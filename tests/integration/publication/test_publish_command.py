"""`inspect-registry publish`: what it prints and how it ends."""

import argparse

import pytest

from inspect_registry import cli
from inspect_registry.cli import publish


def test_the_command_is_there_and_knows_its_arguments() -> None:
    chosen = cli.parser().parse_args(["publish", "--month", "2026-12", "--reason", "补充一家企业"])
    assert (chosen.month.isoformat(), chosen.reason) == ("2026-12-01", "补充一家企业")
    assert chosen.run is publish.run


@pytest.mark.parametrize("text", ["2026-13", "december", "", "2026-12-01"])
def test_a_month_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        publish._month(text)
