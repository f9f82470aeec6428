"""Use cases around enterprises: enter them, grade them, find them, and offer them to a draw."""

import datetime as dt
import hashlib
from collections.abc import Sequence
from operator import attrgetter
from typing import Final

import msgspec

from inspect_registry import ledger
from inspect_registry.access import Permission, act, reads
from inspect_registry.catalogue.model import MatterId
from inspect_registry.db import Tx
from inspect_registry.enterprises import store
from inspect_registry.enterprises.errors import EnterpriseUnknown, EnterpriseUnsound, PremisesUnknown
from inspect_registry.enterprises.model import (
    Candidate,
    CandidateKind,
    CateringRow,
    CreditRiskClass,
    DeviceRow,
    Enterprise,
    EnterpriseHit,
    EnterpriseId,
    FoodRiskGrade,
    Grades,
    NewCreditClass,
    NewEnterprise,
    Premises,
    PremisesId,
)
from inspect_registry.enterprises.soundness import enterprise_faults
from inspect_registry.errors import Place
from inspect_registry.identifiers import fold_number, new_uid
from inspect_registry.pinyin import fold

SEARCH_LIMIT: Final = 50
_PLACES_SHOWN: Final = 100


@act(Permission.ENTERPRISE_CHANGE)
async def import_enterprises(tx: Tx, new: Sequence[NewEnterprise]) -> list[EnterpriseId]:
    """Enter enterprises with their premises, in the given order; all or none.

    One ledger entry commits to the whole list by its digest. Raises EnterpriseUnsound with the place of each fault,
    EnterpriseAlreadyEntered, RegistrationNumberTaken.
    """
    places = [
        Place(field=f"[{row}].{field}", row=row + 1, text=enterprise.name[:60], message=message)
        for row, enterprise in enumerate(new)
        for field, message in enterprise_faults(enterprise)
    ]
    if places:
        raise EnterpriseUnsound(
            f"{len(places)}处有误；第一处：{places[0].message}",
            rule="enterprise-sound",
            basis="GB 32100-2015；GB/T 4754-2017",
            remedy="请按各处说明改正后重新导入",
            places=tuple(places[:_PLACES_SHOWN]),
        )
    ids = await store.add_enterprises(tx, [new_uid(tx.random) for _ in new], new)
    addresses = [
        (enterprise_id, position, premises)
        for enterprise_id, enterprise in zip(ids, new, strict=True)
        for position, premises in enumerate(enterprise.premises, start=1)
    ]
    await store.add_premises(
        tx,
        [new_uid(tx.random) for _ in addresses],
        [a[0] for a in addresses],
        [a[1] for a in addresses],
        [a[2] for a in addresses],
    )
    await ledger.append(
        tx,
        ledger.Action.ENTERPRISE_IMPORTED,
        ledger.Subject("import", new_uid(tx.random)),
        public={"rows": len(new), "premises": len(addresses)},
        private={"sha256": _digest(new)},
    )
    return ids


@act(Permission.ENTERPRISE_CHANGE)
async def settle_import(tx: Tx) -> None:
    """Bring the planner's statistics up to date after the last batch of a bulk import; changes no row."""
    await store.refresh_statistics(tx)


@act(Permission.CREDIT_CLASS_IMPORT)
async def import_credit_classes(tx: Tx, month: dt.date, new: Sequence[NewCreditClass]) -> None:
    """Enter one month's 企业信用风险分类. The public part of its entry says only which month.

    Raises CreditClassAlreadyImported. Neither a class nor a number by class leaves the inside (国市监信发〔2022〕6号).
    """
    await store.add_credit_classes(tx, month.replace(day=1), new)
    await ledger.append(
        tx,
        ledger.Action.CREDIT_CLASS_IMPORTED,
        ledger.Subject("import", new_uid(tx.random)),
        public={"month": month.strftime("%Y-%m")},
        private={"rows": len(new), "sha256": _digest(new)},
    )


@act(Permission.ENTERPRISE_CHANGE)
async def import_grades(tx: Tx, grades: Grades) -> None:
    """Enter grades of the three other scales from one day on."""
    await store.add_food_risk_grades(tx, grades.since, grades.food)
    await store.add_catering_grades(tx, grades.since, grades.catering)
    await store.add_device_levels(tx, grades.since, grades.devices)
    await ledger.append(
        tx,
        ledger.Action.GRADE_IMPORTED,
        ledger.Subject("import", new_uid(tx.random)),
        public={"since": grades.since.isoformat(), "catering": len(grades.catering)},
        private={"food": len(grades.food), "devices": len(grades.devices), "sha256": _digest(grades)},
    )


@reads(Permission.ENTERPRISE_READ)
async def enterprise(tx: Tx, enterprise_id: EnterpriseId) -> Enterprise:
    """Return one enterprise. Raises EnterpriseUnknown."""
    return _known(await store.enterprise_by_id(tx, enterprise_id))


@reads(Permission.ENTERPRISE_READ)
async def enterprise_by_uid(tx: Tx, uid: str) -> Enterprise:
    """Return one enterprise by its outside identity. Raises EnterpriseUnknown."""
    return _known(await store.enterprise_by_uid(tx, uid))


@reads(Permission.ENTERPRISE_READ)
async def enterprise_by_number(tx: Tx, number: str) -> Enterprise:
    """Return one enterprise by 统一社会信用代码 or 注册号, however it is typed. Raises EnterpriseUnknown."""
    return _known(await store.enterprise_by_number(tx, fold_number(number)[:40]))


@reads(Permission.ENTERPRISE_READ)
async def enterprises_by_id(tx: Tx, ids: Sequence[EnterpriseId]) -> dict[EnterpriseId, Enterprise]:
    """Return some enterprises; those that do not exist are left out."""
    return {found.id: found for found in await store.enterprises_by_id(tx, ids)}


@reads(Permission.ENTERPRISE_READ)
async def premises(tx: Tx, premises_id: PremisesId) -> Premises:
    """Return one address. Raises PremisesUnknown."""
    found = await store.premises_by_id(tx, premises_id)
    if found is None:
        raise PremisesUnknown
    return found


@reads(Permission.ENTERPRISE_READ)
async def premises_of(tx: Tx, ids: Sequence[EnterpriseId]) -> list[Premises]:
    """Return the addresses of some enterprises, the main one first."""
    return await store.premises_of(tx, ids)


@reads(Permission.ENTERPRISE_READ)
async def search(tx: Tx, text: str, limit: int = 20) -> list[EnterpriseHit]:
    """Return enterprises whose name, address, number or pinyin initials fit a typed text, best first.

    Widths, case, blanks and punctuation do not matter; `%` and `_` are ordinary characters.
    """
    folded = fold(text)[:80]
    if not folded:
        return []
    number = fold_number(text)[:18]
    return await store.search(
        tx,
        f"%{_literal(folded)}%",
        f"{_literal(number)}%" if len(number) >= 4 else None,
        f"{_literal(folded)}%" if folded.isascii() and folded.isalnum() else None,
        max(1, min(limit, SEARCH_LIMIT)),
    )


@reads(Permission.ENTERPRISE_READ)
async def objects_for(tx: Tx, matters: Sequence[MatterId], towns: Sequence[str] = ()) -> list[Candidate]:
    """Return every open enterprise that one of the matters may be checked at: the pool of a draw, by identity."""
    kinds = await store.candidates(tx, matters, towns)
    return sorted((one for kind in kinds for one in kind.candidates()), key=attrgetter("enterprise"))


@reads(Permission.ENTERPRISE_READ)
async def kinds_for(tx: Tx, matters: Sequence[MatterId]) -> list[CandidateKind]:
    """Return the same by kind, for whoever asks about many sets of matters: `applies` then decides once a kind."""
    return await store.candidates(tx, matters, ())


@reads(Permission.CREDIT_CLASS_READ)
async def credit_classes(tx: Tx, ids: Sequence[EnterpriseId], month: dt.date) -> dict[EnterpriseId, CreditRiskClass]:
    """Return the classes in force in a month, for weights of draws and plans inside; never put one into an answer."""
    return {row.enterprise: row.credit_class for row in await store.credit_classes(tx, ids, month.replace(day=1))}


@reads(Permission.ENTERPRISE_READ)
async def food_risk_grades(tx: Tx, ids: Sequence[EnterpriseId], on: dt.date) -> dict[EnterpriseId, FoodRiskGrade]:
    """Return the food risk grades in force on a day."""
    return {row.enterprise: row.grade for row in await store.food_risk_grades(tx, ids, on)}


@reads(Permission.ENTERPRISE_READ)
async def catering_grades(tx: Tx, ids: Sequence[PremisesId], on: dt.date) -> list[CateringRow]:
    """Return the catering grades in force on a day."""
    return await store.catering_grades(tx, ids, on)


@reads(Permission.ENTERPRISE_READ)
async def device_levels(tx: Tx, ids: Sequence[EnterpriseId], on: dt.date) -> list[DeviceRow]:
    """Return the device levels in force on a day."""
    return await store.device_levels(tx, ids, on)


def _known(found: Enterprise | None) -> Enterprise:
    if found is None:
        raise EnterpriseUnknown
    return found


def _literal(text: str) -> str:
    return text.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")


def _digest(rows: object) -> str:
    return hashlib.sha256(msgspec.json.encode(rows)).hexdigest()
