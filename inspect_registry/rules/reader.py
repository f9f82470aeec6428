"""Reads the parameter and calendar files once and answers what was in force on a day."""

import datetime as dt
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

import msgspec

from inspect_registry import workdays
from inspect_registry.rules.errors import ParameterNotInForce
from inspect_registry.rules.model import CalendarFile, Parameter, ParameterFile, by_name

_HERE: Final = Path(__file__).parent
T = TypeVar("T")


@cache
def _parameters() -> Mapping[str, tuple[Parameter, ...]]:
    found: list[Parameter] = []
    for path in sorted((_HERE / "parameters").glob("*.toml")):
        try:
            found += msgspec.toml.decode(path.read_bytes(), type=ParameterFile).parameter
        except (ValueError, msgspec.MsgspecError) as fault:
            msg = f"couldn't read {path.name}: {fault}"
            raise ValueError(msg) from fault
    return by_name(found)


def parameter_names() -> tuple[str, ...]:
    return tuple(_parameters())


def versions(name: str) -> tuple[Parameter, ...]:
    """Every dated value of a parameter, oldest first; KeyError for a name that no file knows."""
    return _parameters()[name]


def parameter(name: str, *, on: dt.date) -> Parameter:
    """The value in force on a day with its basis; raises ParameterNotInForce where there is none."""
    for candidate in versions(name):
        if candidate.in_force(on):
            return candidate
    known = versions(name)
    raise ParameterNotInForce(
        f"参数“{known[0].title}”（{name}）在{on.isoformat()}没有规定值",
        rule=name,
        basis=known[0].basis,
        remedy=f"最早可用日期为{known[0].effective_from.isoformat()}；如需更早日期，请管理员补录当时的规定",
    )


def value(name: str, kind: type[T], *, on: dt.date) -> T:
    """The value in force on a day, as a type: int, dict[str, float], or a struct for a table of fixed keys."""
    return msgspec.convert(parameter(name, on=on).value, kind)


def whole(name: str, *, on: dt.date) -> int:
    return value(name, int, on=on)


def number(name: str, *, on: dt.date) -> float:
    return value(name, float, on=on)


def text(name: str, *, on: dt.date) -> str:
    return value(name, str, on=on)


@cache
def calendar() -> workdays.Calendar:
    """The years whose official holiday notice comes with the program; an administrator's table may know more."""
    years = {}
    for path in sorted((_HERE / "calendars").glob("*.toml")):
        known = msgspec.toml.decode(path.read_bytes(), type=CalendarFile)
        years[known.year] = workdays.YearCalendar(
            year=known.year, notice=known.notice, rest=frozenset(known.rest), work=frozenset(known.work)
        )
    return workdays.Calendar(years)
