"""Figures: counted once, equal wherever they are shown."""

from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.publication.disclosure import results
from inspect_registry.publication.figures import (
    by_day,
    by_department,
    by_matter,
    by_town,
    month_entry,
    plan_figures,
    result_figures,
)
from inspect_registry.publication.snapshot import MonthResults, Outcome
from tests.publication_builders import MONTH, a_plan, a_result_row, a_row, many_rows


def test_a_joint_visit_is_one_visit_and_saves_one_for_each_further_department() -> None:
    rows = [
        a_row(),
        a_row(department="yjgl", matter="YJGL-001", lead=False),
        a_row(visit="alone"),
    ]
    rows.append(a_row(department="wjw", matter="WJW-001", lead=False))
    figures = plan_figures(a_plan(rows))
    assert (figures.visits, figures.joint, figures.avoided, figures.departments) == (
        2,
        1,
        2,
        3,
    )


def test_numbers_only_visits_count_as_visits_and_as_nothing_else() -> None:
    figures = plan_figures(a_plan([a_row(), a_row(visit="u", disclosure=Disclosure.NUMBERS)]))
    assert (figures.visits, figures.named, figures.unnamed, figures.enterprises) == (
        2,
        1,
        1,
        1,
    )


def test_two_visits_to_one_enterprise_are_one_enterprise() -> None:
    assert plan_figures(a_plan([a_row(visit="a"), a_row(visit="b")])).enterprises == 1


@given(st.integers(0, 120))
def test_days_towns_and_departments_add_up(visits: int) -> None:
    plan = a_plan(many_rows(visits))
    figures = plan_figures(plan)
    assert sum(share.visits for share in by_day(plan).values()) == figures.named == visits
    assert sum(share.visits for share in by_town(plan).values()) == visits
    assert sum(share.visits for share in by_department(plan).values()) == visits + figures.avoided
    assert sum(share.joint for share in by_day(plan).values()) == figures.joint


def test_a_department_that_only_gives_numbers_is_listed() -> None:
    plan = a_plan(
        [
            a_row(),
            a_row(
                visit="u",
                department="wjw",
                matter="WJW-001",
                disclosure=Disclosure.NUMBERS,
            ),
        ]
    )
    assert by_department(plan)["wjw"].unnamed == 1
    assert by_department(plan)["wjw"].visits == 0
    assert by_matter(plan)["WJW-001"].unnamed == 1


def test_the_line_of_the_list_of_months_says_what_the_page_says() -> None:
    plan = a_plan(many_rows(10))
    entry = month_entry(plan)
    figures = plan_figures(plan)
    assert (entry.visits, entry.joint, entry.avoided) == (
        figures.visits,
        figures.joint,
        figures.avoided,
    )
    assert entry.departments == {"scjg": 10, "yjgl": 2}


def test_results_are_counted_by_their_outcome_and_orders() -> None:
    rows = [
        a_result_row(),
        a_result_row(
            inspection="b",
            outcome=Outcome.RECTIFY_BY_DATE,
            problems=2,
            orders=2,
            open_orders=1,
        ),
        a_result_row(inspection="c", outcome=Outcome.RECTIFY_BY_DATE, problems=1, orders=1),
    ]
    figures = result_figures(MonthResults(month=MONTH, results=results(rows), visits=3, planned=4))
    assert (figures.records, figures.without_problem, figures.problems) == (3, 1, 3)
    assert (figures.orders, figures.rectified, figures.overdue) == (2, 1, 0)
