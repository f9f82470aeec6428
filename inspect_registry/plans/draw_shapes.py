"""Draws as people hand them in and read them; weights and salt are in none of these unless all weights are equal."""

import datetime as dt

import msgspec

from inspect_registry.plans.draw import Exclusion, Method, seed_text


class CommitDraw(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which task to draw for a monthly plan."""

    task: str
    """uid of a task of a published plan."""
    wanted: int | None = None
    """How many; None = the task's share of this month."""
    named: list[str] = []
    """uids of the enterprises of a targeted task."""
    reason: str = ""
    """Why it is drawn again, or why these enterprises are named."""
    on_site_reason: str = ""
    """Why to come on site although fresh off-site results would do; empty = those enterprises are left out."""


class SeedDraft(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The seed of a committed draw."""

    seed: str
    source: str
    """Where everybody can look it up, such as 福彩双色球第2026132期."""
    appeared_at: dt.datetime | None = None
    """When it appeared there; only a seed that appeared after the commitment is independent."""


class Seed(msgspec.Struct, frozen=True, kw_only=True):
    """What decides a committed draw, of enterprises or of inspectors."""

    text: str
    source: str
    independent: bool
    """It has a source and appeared there after the commitment, and not in the future."""

    def public(self) -> dict[str, int | str]:
        """Return what the ledger says of it to everybody."""
        return {"seed": self.text[:120], "source": self.source[:120], "independent": int(self.independent)}


def seed_of(given: SeedDraft, committed_at: dt.datetime, now: dt.datetime) -> Seed:
    """Read the seed that is given to a draw. Raises SeedUnsound."""
    source, appeared = given.source.strip()[:200], given.appeared_at
    independent = bool(source and appeared and committed_at < appeared <= now)
    return Seed(text=seed_text(given.seed), source=source, independent=independent)


class DrawnEnterprise(msgspec.Struct, frozen=True, kw_only=True):
    """One enterprise that was drawn."""

    uid: str
    name: str


class DrawView(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One draw as its department sees it; weights are never in it."""

    uid: str
    task: str
    monthly_plan: str
    attempt: int
    method: Method
    algorithm: str
    wanted: int
    pool: int
    excluded: dict[str, int]
    """How many were kept out, by reason."""
    commitment: str
    committed_at: dt.datetime
    seed: str | None
    seed_source: str
    seed_independent: bool
    drawn_at: dt.datetime | None
    drawn: list[DrawnEnterprise]
    superseded: bool
    reason: str


class DrawProof(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is published of a draw, so that anybody can repeat or check it (`inspect-registry draw verify`)."""

    algorithm: str
    draw: str
    method: Method
    """Only `random` is drawn by lot; the others take the whole pool."""
    wanted: int
    pool: list[str]
    excluded: list[Exclusion]
    weights_digest: str
    commitment: str
    committed_at: dt.datetime
    seed: str | None
    seed_source: str
    seed_independent: bool
    drawn: list[str]
    salt: str = ""
    """Only where all weights are equal; then everything can be repeated."""
    weight: int = 0
    """The weight of everybody, where all are equal."""
