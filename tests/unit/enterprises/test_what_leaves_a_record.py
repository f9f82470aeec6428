"""Which results leave a negative record: what is put right, told or forgiven is none."""

import datetime as dt

import pytest

from inspect_registry.enterprises.credit.effects import leaves_record
from inspect_registry.enterprises.credit.model import Outcome
from inspect_registry.enterprises.model import EnterpriseId
from inspect_registry.fieldwork.model import DispositionKind as Kind

TODAY = dt.date(2026, 11, 20)


def an_outcome(disposition: str) -> Outcome:
    return Outcome(
        part=1,
        inspection="i" * 26,
        version=1,
        enterprise=EnterpriseId(1),
        department=1,
        department_domain="市场监管",
        day=TODAY,
        disposition=disposition,
        tags=frozenset({"catering"}),
        failed_tags=frozenset({"catering"}),
    )


@pytest.mark.parametrize("lenient", [Kind.NO_PROBLEM, Kind.GUIDANCE, Kind.NO_PENALTY, Kind.NO_COERCION])
def test_guidance_and_leniency_leave_no_record(lenient: Kind) -> None:
    assert not leaves_record(an_outcome(lenient.value), TODAY)


@pytest.mark.parametrize("negative", [Kind.RECTIFY_ON_SPOT, Kind.RECTIFY_BY_DATE, Kind.TRANSFER])
def test_an_order_or_a_transfer_leaves_one(negative: Kind) -> None:
    assert leaves_record(an_outcome(negative.value), TODAY)


def test_every_disposition_is_judged_by_one_of_the_two() -> None:
    assert {kind for kind in Kind if leaves_record(an_outcome(kind.value), TODAY)} == {
        Kind.RECTIFY_ON_SPOT, Kind.RECTIFY_BY_DATE, Kind.TRANSFER,
    }  # fmt: skip
