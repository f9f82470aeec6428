"""The values that plan cells state."""

from datetime import date
from decimal import Decimal
from typing import Literal

import msgspec

Per = Literal["week", "month", "quarter", "half_year", "year", "two_years", "three_years", "five_years"]

TIMES_A_YEAR: dict[Per, Decimal] = {
    "week": Decimal(52),
    "month": Decimal(12),
    "quarter": Decimal(4),
    "half_year": Decimal(2),
    "year": Decimal(1),
    "two_years": Decimal(1) / 2,
    "three_years": Decimal(1) / 3,
    "five_years": Decimal(1) / 5,
}


class Bounds(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A lower and an upper bound, both inclusive; one that the cell does not state is None."""

    min: Decimal | None = None
    max: Decimal | None = None

    def is_inverted(self) -> bool:
        """Tell whether no number lies within."""
        return self.min is not None and self.max is not None and self.min > self.max


class Frequency(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """How often one enterprise is to be inspected."""

    min: Decimal | None = None
    max: Decimal | None = None
    per: Per | None = None
    """None where the cell gives only a number."""


class Period(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch of days, both ends inclusive; an end that the cell does not state is None."""

    start: date | None = None
    end: date | None = None


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """Something a reader should know of a value that was understood: `approximate`, `average`, `remark`, …"""

    code: str
    text: str = ""


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Why a cell was not understood, and what would be accepted."""

    code: str
    message: str
