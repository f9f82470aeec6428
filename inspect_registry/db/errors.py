"""What the database itself refuses, in the registry's words."""

from collections.abc import Iterator
from typing import ClassVar

import asyncpg

from inspect_registry.errors import Conflict, Invalid, RegistryError, Unavailable


class DatabaseUnavailable(Unavailable):
    """The database cannot be reached, or did not answer in time."""

    code = "database-unavailable"
    title = "数据库暂时无法访问，请稍后重试"


class DatabaseBusy(Unavailable):
    """Every connection is taken, or two acts waited for each other."""

    code = "database-busy"
    title = "系统繁忙，请稍后重试"


class ValueOutOfRange(Invalid):
    """A value cannot be stored: too large a number, a NUL, an impossible date."""

    code = "value-out-of-range"
    title = "数值或文字超出可保存的范围"


class RuleViolated(Conflict):
    """A constraint without a named error of its own was violated."""

    code = "rule-violated"
    title = "与已有记录冲突"
    constraint: ClassVar[str] = ""


class UnledgeredWrite(AssertionError):
    """A transaction changed business rows and appended no ledger entry: a bug, never a user's mistake."""


def _all_subclasses(kind: type[RegistryError]) -> Iterator[type[RegistryError]]:
    for child in kind.__subclasses__():
        yield child
        yield from _all_subclasses(child)


def error_of_constraint(name: str) -> type[RegistryError] | None:
    """Return the error class that names this constraint in its `constraint` attribute."""
    for kind in _all_subclasses(RegistryError):
        if name and getattr(kind, "constraint", "") == name:
            return kind
    return None


def translated(error: BaseException) -> RegistryError | None:
    """Return the registry's error for a database error, or None where it is none of ours (a bug)."""
    constraint = getattr(error, "constraint_name", None) or ""
    if isinstance(error, asyncpg.IntegrityConstraintViolationError):
        kind = error_of_constraint(constraint)
        return kind() if kind else RuleViolated(f"违反数据库约束 {constraint}", rule=constraint)
    if isinstance(error, asyncpg.DataError | asyncpg.exceptions.DataError | asyncpg.ProgramLimitExceededError):
        return ValueOutOfRange()
    if isinstance(error, asyncpg.SerializationError | asyncpg.DeadlockDetectedError | asyncpg.LockNotAvailableError):
        return DatabaseBusy()
    if isinstance(
        error,
        asyncpg.PostgresConnectionError
        | asyncpg.InternalClientError
        | asyncpg.CannotConnectNowError
        | asyncpg.AdminShutdownError
        | asyncpg.CrashShutdownError
        | asyncpg.InsufficientResourcesError
        | asyncpg.QueryCanceledError
        | asyncpg.InterfaceError
        | OSError
        | TimeoutError,
    ):
        return DatabaseUnavailable()
    return None
