"""What the public may see: each rule kept, and its test failing when the rule is taken out."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.enterprises.model import EnterpriseKind
from inspect_registry.publication.disclosure import (
    planned_visits,
    results,
    shown_enterprise,
    unnamed_visits,
    withdrawn,
)
from inspect_registry.publication.snapshot import Rectified
from tests.publication_builders import PUBLISHED, a_plan, a_result_row, a_row


def test_an_announced_visit_is_named_with_its_departments_lead_first() -> None:
    rows = [
        a_row(department="wjw", matter="WJW-001", lead=False),
        a_row(department="yjgl", matter="YJGL-001"),
    ]
    (visit,) = planned_visits(rows)
    assert visit.departments == ("yjgl", "wjw")
    assert visit.matters == ("WJW-001", "YJGL-001")
    assert visit.joint


def test_two_matters_of_one_department_are_one_share() -> None:
    (visit,) = planned_visits([a_row(), a_row(matter="SCJG-002")])
    assert visit.departments == ("scjg",)
    assert not visit.joint


def test_a_numbers_only_matter_gives_a_number_and_no_name() -> None:
    rows = [
        a_row(visit="a", disclosure=Disclosure.NUMBERS),
        a_row(visit="b", disclosure=Disclosure.NUMBERS),
    ]
    assert planned_visits(rows) == ()
    (line,) = unnamed_visits(rows)
    assert (line.department, line.matter, line.visits) == ("scjg", "SCJG-001", 2)


def test_of_an_afterwards_matter_nothing_is_shown_not_even_a_number() -> None:
    rows = [a_row(disclosure=Disclosure.AFTERWARDS)]
    assert planned_visits(rows) == ()
    assert unnamed_visits(rows) == ()


def test_a_visit_that_was_not_announced_is_not_named() -> None:
    assert planned_visits([a_row(announced=False)]) == ()
    assert [line.visits for line in unnamed_visits([a_row(announced=False)])] == [1]


def test_only_the_named_part_of_a_mixed_visit_is_named() -> None:
    rows = [
        a_row(),
        a_row(
            department="yjgl",
            matter="YJGL-001",
            disclosure=Disclosure.AFTERWARDS,
            lead=False,
        ),
    ]
    (visit,) = planned_visits(rows)
    assert visit.departments == ("scjg",)
    assert visit.matters == ("SCJG-001",)


def test_a_company_is_shown_in_full() -> None:
    shown = shown_enterprise(a_row())
    assert (shown.name, shown.number, shown.address) == (
        "上海安亭好味道餐饮有限公司",
        "91310114MA1GT0XX0X",
        "墨玉路1号",
    )


def test_a_natural_person_s_own_name_is_masked_in_name_initials_and_order() -> None:
    shown = shown_enterprise(
        a_row(
            enterprise_kind=EnterpriseKind.INDIVIDUAL,
            enterprise_name="张三丰",
            natural_name=True,
            initials="zsf",
            sort_key="zhang'san'feng 1",
        )
    )
    assert shown.name == "张**"
    assert shown.initials == "Z"
    assert shown.sort_key == "z"


def test_number_and_address_of_an_individual_trader_are_masked() -> None:
    shown = shown_enterprise(
        a_row(
            enterprise_kind=EnterpriseKind.INDIVIDUAL,
            enterprise_number="92310114MA1GT0XX0X",
        )
    )
    assert shown.number == "92310114********0X"
    assert shown.address == ""
    assert shown.name == "上海安亭好味道餐饮有限公司"


def test_a_result_is_shown_once_it_was_told_and_while_it_stands() -> None:
    assert len(results([a_result_row()])) == 1
    assert results([a_result_row(told=False)]) == ()
    assert results([a_result_row(revoked_at=PUBLISHED)]) == ()


@pytest.mark.parametrize(
    ("orders", "still_open", "overdue", "expected"),
    [
        (0, 0, 0, Rectified.NONE),
        (2, 0, 0, Rectified.DONE),
        (2, 1, 0, Rectified.PENDING),
        (2, 2, 1, Rectified.OVERDUE),
    ],
)
def test_orders_to_put_right_are_followed(orders: int, still_open: int, overdue: int, expected: Rectified) -> None:
    (result,) = results([a_result_row(orders=orders, open_orders=still_open, overdue_orders=overdue)])
    assert result.rectified is expected


def test_a_second_revision_lists_what_is_new_gone_and_changed() -> None:
    day = date(2026, 12, 9)
    first = a_plan([a_row(visit="stays"), a_row(visit="goes"), a_row(visit="moves")])
    second = a_plan(
        [a_row(visit="stays"), a_row(visit="moves", day=day), a_row(visit="comes")],
        before=first,
        reason="企业停业",
    )
    assert second.revision == 2
    kinds = {(c.before.uid if c.before else "", c.after.uid if c.after else "") for c in second.changes}
    assert kinds == {("goes", ""), ("moves", "moves"), ("", "comes")}


DISCLOSURES = st.sampled_from(list(Disclosure))
ROWS = st.lists(
    st.builds(
        lambda visit, department, disclosure, announced: a_row(
            visit=f"v{visit}",
            department=f"d{department}",
            matter=f"m{department}{disclosure}",
            disclosure=disclosure,
            announced=announced,
            enterprise_name=f"企业{visit}",
        ),
        st.integers(0, 6),
        st.integers(0, 3),
        DISCLOSURES,
        st.booleans(),
    ),
    max_size=30,
)


@given(ROWS)
def test_a_visit_is_named_exactly_when_some_row_of_it_may_be(rows: list) -> None:
    may = {row.visit for row in rows if row.announced and row.disclosure is Disclosure.NAMED}
    assert {visit.uid for visit in planned_visits(rows)} == may


@given(ROWS)
def test_no_department_or_matter_appears_in_a_visit_that_has_no_named_row_of_it(
    rows: list,
) -> None:
    for visit in planned_visits(rows):
        named = [row for row in rows if row.visit == visit.uid and row.announced and row.disclosure is Disclosure.NAMED]
        assert set(visit.departments) == {row.department for row in named}
        assert set(visit.matters) == {row.matter for row in named}


@given(ROWS)
def test_the_order_of_rows_does_not_matter(rows: list) -> None:
    assert unnamed_visits(rows) == unnamed_visits(list(reversed(rows)))
    assert {visit.uid for visit in planned_visits(rows)} == {visit.uid for visit in planned_visits(rows[::-1])}


def test_a_result_taken_back_after_it_was_shown_leaves_its_number_and_day_only() -> None:
    (gone,) = withdrawn([a_result_row(published_at=PUBLISHED, revoked_at=PUBLISHED), a_result_row()])
    assert (gone.uid, gone.department, gone.withdrawn_on) == (
        "i" * 26,
        "scjg",
        date(2026, 11, 25),
    )


def test_a_result_taken_back_before_anybody_saw_it_leaves_nothing() -> None:
    assert withdrawn([a_result_row(revoked_at=PUBLISHED)]) == ()
