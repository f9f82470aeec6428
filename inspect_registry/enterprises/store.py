"""Queries about enterprises, premises and grades: one function each."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from inspect_registry.catalogue.model import MatterId
from inspect_registry.db import SqlFile, Tx
from inspect_registry.enterprises.model import (
    CandidateKind,
    CateringGrade,
    CateringRow,
    CreditRiskRow,
    DeviceLevel,
    DeviceRow,
    DeviceSide,
    Enterprise,
    EnterpriseHit,
    EnterpriseId,
    FoodRiskGrade,
    FoodRiskRow,
    NewCreditClass,
    NewEnterprise,
    NewPremises,
    Premises,
    PremisesId,
)
from inspect_registry.pinyin import fold, initials, sort_key

SQL = SqlFile(__file__, "enterprises.sql")


async def enterprise_by_id(tx: Tx, enterprise: EnterpriseId) -> Enterprise | None:
    """Return one enterprise."""
    return await tx.maybe(SQL["enterprise_by_id"], Enterprise, enterprise)


async def enterprise_by_uid(tx: Tx, uid: str) -> Enterprise | None:
    """Return one enterprise by its outside identity."""
    return await tx.maybe(SQL["enterprise_by_uid"], Enterprise, uid)


async def enterprise_by_number(tx: Tx, number: str) -> Enterprise | None:
    """Return one enterprise by its folded number."""
    return await tx.maybe(SQL["enterprise_by_number"], Enterprise, number)


async def enterprises_by_id(tx: Tx, ids: Sequence[EnterpriseId]) -> list[Enterprise]:
    """Return some enterprises."""
    return await tx.many(SQL["enterprises_by_id"], Enterprise, list(ids))


async def search(
    tx: Tx, anywhere: str, number: str | None, first_letters: str | None, limit: int
) -> list[EnterpriseHit]:
    """Return enterprises that match one of the patterns."""
    return await tx.many(SQL["search"], EnterpriseHit, anywhere, number, first_letters, limit)


async def candidates(tx: Tx, matters: Sequence[MatterId], towns: Sequence[str]) -> list[CandidateKind]:
    """Return the open enterprises that one of the matters may be checked at, by kind."""
    return await tx.many(SQL["candidates"], CandidateKind, list(matters), list(towns))


async def add_enterprises(tx: Tx, uids: Sequence[str], new: Sequence[NewEnterprise]) -> list[EnterpriseId]:
    """Enter enterprises without their premises, in the given order."""
    return await tx.values(
        SQL["add_enterprises"],
        EnterpriseId,
        list(uids),
        [e.name for e in new],
        [sort_key(e.name) for e in new],
        [initials(e.name) for e in new],
        [fold(e.name) for e in new],
        [e.uscc for e in new],
        [e.reg_no for e in new],
        [e.kind.value for e in new],
        [e.natural_name for e in new],
        [e.industry for e in new],
        [e.tags for e in new],
        [e.contact for e in new],
    )


async def premises_by_id(tx: Tx, premises: PremisesId) -> Premises | None:
    """Return one address."""
    return await tx.maybe(SQL["premises_by_id"], Premises, premises)


async def premises_of(tx: Tx, enterprises: Sequence[EnterpriseId]) -> list[Premises]:
    """Return the addresses of some enterprises, the main one first."""
    return await tx.many(SQL["premises_of"], Premises, list(enterprises))


async def add_premises(
    tx: Tx, uids: Sequence[str], of: Sequence[EnterpriseId], positions: Sequence[int], new: Sequence[NewPremises]
) -> list[PremisesId]:
    """Enter addresses, in the given order."""
    return await tx.values(
        SQL["add_premises"],
        PremisesId,
        list(uids),
        list(of),
        list(positions),
        [p.name for p in new],
        [p.address for p in new],
        [fold(p.address) for p in new],
        [p.town for p in new],
        [p.open_mask for p in new],
    )


async def credit_classes(tx: Tx, ids: Sequence[EnterpriseId], month: dt.date) -> list[CreditRiskRow]:
    """Return the classes in force in a month; nothing for roles that may not see them."""
    return await tx.many(SQL["credit_classes"], CreditRiskRow, list(ids), month)


class NumberRow(msgspec.Struct, frozen=True, kw_only=True):
    """One number that an enterprise has."""

    number: str
    enterprise: EnterpriseId


async def ids_by_number(tx: Tx, numbers: Sequence[str]) -> list[NumberRow]:
    """Return enterprises by either of their numbers."""
    return await tx.many(SQL["ids_by_number"], NumberRow, list(numbers))


async def graded_in(tx: Tx, ids: Sequence[EnterpriseId], month: dt.date) -> list[EnterpriseId]:
    """Return those whose class of a month is entered."""
    return await tx.values(SQL["graded_in"], EnterpriseId, list(ids), month)


async def add_credit_classes(tx: Tx, month: dt.date, new: Sequence[NewCreditClass]) -> int:
    """Enter one month's classes."""
    return await tx.execute(
        SQL["add_credit_classes"],
        [line.enterprise for line in new],
        month,
        [line.credit_class.value for line in new],
        tx.today,
    )


async def food_risk_grades(tx: Tx, ids: Sequence[EnterpriseId], on: dt.date) -> list[FoodRiskRow]:
    """Return the food risk grades in force on a day."""
    return await tx.many(SQL["food_risk_grades"], FoodRiskRow, list(ids), on)


async def add_food_risk_grades(tx: Tx, since: dt.date, new: Sequence[tuple[EnterpriseId, FoodRiskGrade]]) -> int:
    """Enter food risk grades."""
    return await tx.execute(SQL["add_food_risk_grades"], [e for e, _ in new], since, [g.value for _, g in new])


async def catering_grades(tx: Tx, ids: Sequence[PremisesId], on: dt.date) -> list[CateringRow]:
    """Return the catering grades in force on a day."""
    return await tx.many(SQL["catering_grades"], CateringRow, list(ids), on)


async def add_catering_grades(tx: Tx, since: dt.date, new: Sequence[tuple[PremisesId, CateringGrade]]) -> int:
    """Enter catering grades."""
    return await tx.execute(SQL["add_catering_grades"], [p for p, _ in new], since, [g.value for _, g in new])


async def device_levels(tx: Tx, ids: Sequence[EnterpriseId], on: dt.date) -> list[DeviceRow]:
    """Return the device levels in force on a day."""
    return await tx.many(SQL["device_levels"], DeviceRow, list(ids), on)


async def add_device_levels(tx: Tx, since: dt.date, new: Sequence[tuple[EnterpriseId, DeviceSide, DeviceLevel]]) -> int:
    """Enter device levels."""
    return await tx.execute(
        SQL["add_device_levels"],
        [e for e, _, _ in new],
        since,
        [side.value for _, side, _ in new],
        [level.value for _, _, level in new],
    )


async def refresh_statistics(tx: Tx) -> bool:
    """Tell the database's planner what a bulk import has changed."""
    return await tx.value(SQL["refresh_statistics"], bool)
