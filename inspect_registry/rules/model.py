"""The shape of a dated parameter, and what makes a set of them sound."""

import datetime as dt
import itertools
from collections.abc import Iterable

import msgspec


class Parameter(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One value of one rule's parameter, with the days on which it is in force."""

    name: str
    """Dotted name, such as frequency.cap.department."""
    title: str
    """Chinese: what the number is."""
    unit: str
    value: int | float | str | list[str] | dict[str, int | float | str]
    basis: str
    """Legal source as 《…》第X条, or why this number was chosen."""
    source: str
    """Evidence mark of domain.md: L-xx law text read, S-nn page read, K general knowledge, I inference."""
    effective_from: dt.date
    effective_to: dt.date | None = None
    """Last day in force; None while open."""
    sample: bool = False
    """An administrator has to confirm it before real use."""

    def __post_init__(self) -> None:
        """Refuse an inverted period, and an unverified value that does not say it is a sample."""
        if self.effective_to is not None and self.effective_to < self.effective_from:
            msg = f"{self.name}: in force until {self.effective_to}, before it begins on {self.effective_from}"
            raise ValueError(msg)
        if self.source in {"K", "I"} and not self.sample:
            msg = f"{self.name}: source {self.source} is not verified, so it must be marked as a sample"
            raise ValueError(msg)

    def in_force(self, on: dt.date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on <= self.effective_to)


class ParameterFile(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One TOML file of parameters."""

    parameter: list[Parameter]


class CalendarFile(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One TOML file with the official holidays of one year."""

    year: int
    notice: str
    source: str
    rest: list[dt.date]
    work: list[dt.date]


def by_name(parameters: Iterable[Parameter]) -> dict[str, tuple[Parameter, ...]]:
    """Group values by name in the order of their days; raises ValueError where two are in force on one day."""
    grouped: dict[str, tuple[Parameter, ...]] = {}
    ordered = sorted(parameters, key=lambda p: (p.name, p.effective_from))
    for name, values in itertools.groupby(ordered, key=lambda p: p.name):
        grouped[name] = tuple(values)
        for earlier, later in itertools.pairwise(grouped[name]):
            if earlier.effective_to is None or earlier.effective_to >= later.effective_from:
                msg = f"{name}: the values from {earlier.effective_from} and {later.effective_from} overlap"
                raise ValueError(msg)
    return grouped
