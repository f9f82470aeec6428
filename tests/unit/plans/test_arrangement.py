"""Class × risk → weight, frequency, manner: by the tables in force, as advice for the inside."""

import datetime as dt
from decimal import Decimal

import pytest

from inspect_registry import rules
from inspect_registry.enterprises.model import CreditRiskClass, EnterpriseId
from inspect_registry.plans.arrangement import Arrangement, Manner, arranged

A, B, C, D = CreditRiskClass
DAY = dt.date(2026, 12, 1)


def of(*classes: CreditRiskClass | None, lightened: tuple[int, ...] = (), **changes) -> Arrangement:
    """Enterprises numbered from 0, each with its class or without one."""
    known = {EnterpriseId(number): one for number, one in enumerate(classes) if one is not None}
    values = {"on": DAY, "key_risk": False, "onsite": True, "cap": 2, "planned": 0} | changes
    everybody = [EnterpriseId(number) for number in range(len(classes))]
    return arranged(everybody, known, frozenset(map(EnterpriseId, lightened)), **values)


def counts(found: Arrangement) -> list[int]:
    return [line.enterprises for line in found.lines]


def test_each_class_has_its_weight_frequency_and_manner_and_none_counts_as_common() -> None:
    found = of(A, A, A, B, C, D, None)
    assert [(line.credit_class, line.weight, line.times, line.manner) for line in found.lines] == [
        (A, 0.2, Decimal("0.5"), Manner.OFF_SITE),
        (B, 1, Decimal(1), Manner.EITHER),
        (C, 2, Decimal(2), Manner.ON_SITE),
        (D, 4, Decimal(2), Manner.ON_SITE),
    ]
    assert counts(found) == [3, 2, 1, 1]
    assert found.asked == 8  # 1.5 + 2 + 2 + 2, rounded up


def test_a_key_risk_asks_of_the_lowest_class_too() -> None:
    general, key = of(A, A), of(A, A, key_risk=True)
    assert (general.asked, key.asked) == (1, 2)
    assert key.lines[0].manner is Manner.EITHER


def test_what_does_not_fit_the_task_is_said_and_what_fits_is_not() -> None:
    onsite = of(A, D)
    assert ["非现场" in "".join(line.remarks) for line in onsite.lines] == [True, False, False, False]
    offsite = of(A, D, onsite=False)
    assert [bool(line.remarks) for line in offsite.lines] == [False, False, True, True]
    low = of(D, cap=1, key_risk=True)
    assert [bool(line.remarks) for line in low.lines] == [False, False, True, True]
    assert "上限 1 次/年" in low.lines[3].remarks[0]


def test_a_class_that_rests_on_a_repaired_record_counts_as_none_and_never_heavier() -> None:
    assert counts(of(D, A, None, lightened=(0, 1, 2))) == [1, 2, 0, 0]


def test_before_the_tables_were_in_force_there_is_no_answer() -> None:
    assert of(B, on=dt.date(2025, 1, 1)).asked == 1
    with pytest.raises(rules.ParameterNotInForce):
        of(B, on=dt.date(2024, 12, 31))


@pytest.mark.parametrize("risk", ["general", "key"])
def test_no_class_is_arranged_more_often_than_the_published_cap(risk: str) -> None:
    for one in rules.versions(f"credit.frequency.{risk}"):
        cap = rules.whole("frequency.cap.department", on=one.effective_from)
        assert max(one.value.values()) <= cap
