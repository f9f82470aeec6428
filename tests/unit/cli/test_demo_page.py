"""What /demo shows: the published accounts by role, and on a rest day the working day to try instead."""

from pathlib import Path

import msgspec
import pytest

from inspect_registry.cli.demo import write_page
from inspect_registry.config import from_environment
from inspect_registry.demo import accounts
from inspect_registry.routes.pages.demo import FILE, Demo


def shown(folder: Path, day: str) -> Demo:
    write_page(from_environment({"IR_VAR": str(folder), "IR_DEMO": "1", "IR_DEMO_TODAY": day}))
    return msgspec.json.decode((folder / FILE).read_bytes(), type=Demo)


def test_every_account_is_shown_once_with_its_role(tmp_path: Path) -> None:
    told = shown(tmp_path, "2026-11-20")
    names = [account.account for group in told.groups for account in group.accounts]
    assert sorted(names) == sorted(account.account for account in accounts.SHOWN)
    assert told.password == accounts.PASSWORD


@pytest.mark.parametrize(
    ("day", "instead"),
    [("2026-11-20", ""), ("2026-11-22", "2026-11-23"), ("2026-10-01", "2026-10-08"), ("2026-10-10", "")],
    ids=["Friday", "Sunday", "National Day", "make-up Saturday"],
)
def test_on_a_rest_day_the_next_working_day_is_named(tmp_path: Path, day: str, instead: str) -> None:
    assert shown(tmp_path, day).workday == instead
