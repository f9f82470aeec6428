"""What the database refuses, in the registry's words; what is nobody's fault but ours stays unknown."""

import asyncpg
import pytest

from inspect_registry.db.errors import DatabaseBusy, DatabaseUnavailable, RuleViolated, ValueOutOfRange, translated
from inspect_registry.errors import RegistryError


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (asyncpg.DiskFullError("no space left"), DatabaseUnavailable),
        (asyncpg.OutOfMemoryError("out of memory"), DatabaseUnavailable),
        (asyncpg.TooManyConnectionsError("too many"), DatabaseUnavailable),
        (asyncpg.ProgramLimitExceededError("index row size 5000 exceeds maximum"), ValueOutOfRange),
        (asyncpg.NumericValueOutOfRangeError("out of range"), ValueOutOfRange),
        (asyncpg.DeadlockDetectedError("deadlock"), DatabaseBusy),
        (asyncpg.CheckViolationError("check"), RuleViolated),
        (TimeoutError(), DatabaseUnavailable),
    ],
)
def test_a_database_error_is_told_as_what_it_is(error: Exception, told: type[RegistryError]) -> None:
    assert type(translated(error)) is told


@pytest.mark.parametrize(
    "error", [asyncpg.PostgresSyntaxError("x"), asyncpg.InsufficientPrivilegeError("x"), KeyError()]
)
def test_a_bug_is_not_dressed_up(error: Exception) -> None:
    assert translated(error) is None
