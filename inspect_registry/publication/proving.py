"""What a release shows so that nobody has to believe it: the cross-check, the draws, what the log is silent about."""

from datetime import date

import msgspec


class CheckLine(msgspec.Struct, frozen=True, kw_only=True):
    """How many of one department and kind the database has, and how many of them the ledger has an entry for."""

    department: str
    kind: str
    stored: int
    logged: int | None = None
    """None where the ledger's public part does not tell."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """What the database and the ledger say about one month's plan or results (checking.py)."""

    month: date
    revision: int = 0
    """0 for results."""
    lines: tuple[CheckLine, ...]


class DrawMonth(msgspec.Struct, frozen=True, kw_only=True):
    """The published draws of one month in numbers."""

    month: date
    draws: int
    drawn: int
    by_lot: int
    independent: int
    crews: int = 0
    """Draws of inspectors."""


class PublicDraw(msgspec.Struct, frozen=True, kw_only=True):
    """One published draw: what its table says, and the proof that anybody can check."""

    uid: str
    month: date
    department: str
    task: str
    method: str
    """random, targeted or full."""
    attempt: int
    reason: str
    """Why it was drawn again; empty for the first attempt."""
    pool: int
    excluded: int
    drawn: int
    independent: bool
    """The seed appeared after the commitment in a source that nobody here controls."""
    source: str
    open: bool
    """All weights are equal and published, so anybody can repeat the draw to its end."""
    proof: dict[str, object]


class PublicCrewDraw(msgspec.Struct, frozen=True, kw_only=True):
    """One published draw of inspectors. Its reasons stay inside: they may name the one who fell ill."""

    uid: str
    month: date
    department: str
    attempt: int
    roster: int
    excluded: int
    """Who could not go at all."""
    lines: int
    """Enterprises, more than once where different people are certified for their matters."""
    reserves: int
    short: int
    """Lines for which too few were eligible."""
    independent: bool
    source: str
    proof: dict[str, object]


class LogFigures(msgspec.Struct, frozen=True, kw_only=True):
    """What the ledger says about its own silences (ledger.completeness).

    Its size is left out: each release adds an entry, so the page would change for ever.
    """

    codes_issued: int
    codes_without_arrival: int
    codes_not_presented: int
    arrivals_without_result: int
    results_without_arrival: int
    reports_without_code: int
    late_backfills: int
