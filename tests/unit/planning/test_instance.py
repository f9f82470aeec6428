"""The plain instance format: what is written is read again, and every unreadable cell is named."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspect_registry.planning import instance
from inspect_registry.planning.errors import PlanningProblemFlawed
from inspect_registry.planning.flaws import flaws_of
from inspect_registry.planning.instance import instance_lines, meta_json, plan_from, plan_lines, problem_from
from inspect_registry.planning.problem import Problem, Recusal, Used
from tests.planner_builders import a_check, a_placement, a_plan, a_premises, a_problem, a_small_district, an_inspector

Tables = dict[str, list[str]]


def files_of(problem: Problem) -> Tables:
    return {name: list(lines) for name, lines in instance_lines(problem).items()}


def refused(meta: bytes, tables: Tables) -> tuple[str, int, str, str]:
    with pytest.raises(PlanningProblemFlawed) as caught:
        problem_from(meta, tables)
    place = caught.value.places[0]
    return place.sheet, place.row, place.column, place.message


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 100_000))
def test_a_problem_survives_writing_and_reading(seed: int) -> None:
    problem = a_small_district(seed, checks=20)
    assert problem_from(meta_json(problem), files_of(problem)) == problem


def test_a_plan_survives_writing_and_reading() -> None:
    plan = a_plan(a_placement(1, lead=1), a_placement(2, visit=None, inspectors=(3,)))
    assert list(plan_lines(plan)) == ["visit,day,item,inspectors,lead\n", "1,0,1,1;2,1\n", ",0,2,3,\n"]
    assert plan_from(plan_lines(plan), "PLAN.csv") == plan


def test_columns_may_stand_in_any_order_beside_others() -> None:
    problem = a_problem(recusals=(Recusal(inspector=1, premises=1),))
    tables = files_of(problem)
    tables["recusals.csv"] = ["note,ent,insp\n", "x,1,1\n"]
    assert problem_from(meta_json(problem), tables) == problem


@pytest.mark.parametrize(
    ("file", "lines", "expected"),
    [
        ("items.csv", ["item,dept\n", "1,2\n"], ("items.csv", 1, "ent", "缺少列")),
        ("items.csv", [], ("items.csv", 1, "item", "缺少列")),
        ("used.csv", ["ent,dept,n\n", "1,1\n"], ("used.csv", 2, "", "只有 2 列")),
        ("used.csv", ["ent,dept,n\n", "1,1,1\n", "1,x,1\n"], ("used.csv", 3, "dept", "不是可用的整数")),
        ("used.csv", ["ent,dept,n\n", f"1,1,{10**20}\n"], ("used.csv", 2, "n", "不是可用的整数")),
        ("inspectors.csv", ["insp,dept,matters,off_days\n", "1,1,11;y,\n"], ("inspectors.csv", 2, "matters", "“y”")),
        ("recusals.csv", ["insp,ent\n", "1,\0\n"], ("recusals.csv", 2, "", "")),
    ],
)
def test_an_unreadable_cell_is_named(file: str, lines: list[str], expected: tuple[str, int, str, str]) -> None:
    problem = a_problem()
    sheet, row, column, message = refused(meta_json(problem), files_of(problem) | {file: lines})
    assert (sheet, row) == expected[:2]
    assert column in (expected[2], "ent")
    assert expected[3] in message


def test_a_flag_is_0_or_1() -> None:
    problem = a_problem()
    tables = files_of(problem)
    tables["items.csv"][1] = "1,1,1,11,0,9,60,2,1,1,7,-1,0,-1,0\n"
    assert refused(meta_json(problem), tables) == ("items.csv", 2, "exempt", "只能是 0 或 1")


@pytest.mark.parametrize("meta", [b"", b"{", b"[]", b'{"horizon": "x"}', b"\xff"])
def test_a_broken_meta_json_is_named(meta: bytes) -> None:
    assert refused(meta, files_of(a_problem()))[0] == "meta.json"


def test_near_has_a_row_for_each_zone() -> None:
    meta = msgspec.json.decode(meta_json(a_problem())) | {"n_zones": 5}
    assert refused(msgspec.json.encode(meta), files_of(a_problem()))[:3] == ("meta.json", 0, "near")


def test_too_many_rows_are_refused_with_the_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(instance, "MOST_ROWS", 2)
    problem = a_problem(checks=tuple(a_check(k) for k in (1, 2, 3)), inspectors=a_problem().inspectors[:2])
    sheet, row, _, message = refused(meta_json(problem), files_of(problem))
    assert (sheet, row) == ("items.csv", 4)
    assert "上限" in message


FLAWED: list[tuple[dict[str, object], tuple[str, int, str]]] = [
    ({"horizon": 0}, ("meta.json", 0, "horizon")),
    ({"max_departments": 0}, ("meta.json", 0, "max_depts")),
    ({"day_minutes": -1}, ("meta.json", 0, "day_minutes")),
    ({"near": ((0, 1), (1,), (2,))}, ("meta.json", 0, "near")),
    ({"near": ((1,), (0, 1), (2,))}, ("meta.json", 0, "near")),
    ({"near": ((0, 9), (1,), (2,))}, ("meta.json", 0, "near")),
    ({"premises": (a_premises(1), a_premises(1))}, ("enterprises.csv", 3, "ent")),
    ({"premises": (a_premises(1, zone=3),)}, ("enterprises.csv", 2, "zone")),
    ({"premises": (a_premises(1, open_weekdays=128),)}, ("enterprises.csv", 2, "open_mask")),
    ({"premises": (a_premises(1, cap_total=-1),)}, ("enterprises.csv", 2, "cap_total")),
    ({"inspectors": (an_inspector(1), an_inspector(1))}, ("inspectors.csv", 3, "insp")),
    ({"used": (Used(premises=2, department=1, count=1),)}, ("used.csv", 2, "ent")),
    ({"used": (Used(premises=1, department=1, count=-1),)}, ("used.csv", 2, "n")),
    ({"recusals": (Recusal(inspector=9, premises=1),)}, ("recusals.csv", 2, "insp")),
    ({"recusals": (Recusal(inspector=1, premises=9),)}, ("recusals.csv", 2, "ent")),
    ({"checks": (a_check(1), a_check(1))}, ("items.csv", 3, "item")),
    ({"checks": (a_check(1, premises=9),)}, ("items.csv", 2, "ent")),
    ({"checks": (a_check(1, start=5, end=4),)}, ("items.csv", 2, "start")),
    ({"checks": (a_check(1, minutes=-1),)}, ("items.csv", 2, "minutes")),
    ({"checks": (a_check(1, inspectors=0),)}, ("items.csv", 2, "n_insp")),
    ({"checks": (a_check(1, locked=True),)}, ("items.csv", 2, "locked")),
    ({"checks": (a_check(1, start=2, published_day=1, locked=True),)}, ("items.csv", 2, "pub_day")),
    ({"nonwork_days": (1,), "checks": (a_check(1, published_day=1, locked=True),)}, ("items.csv", 2, "pub_day")),
    ({"quiet_days": (1,), "checks": (a_check(1, published_day=1, locked=True),)}, ("items.csv", 2, "pub_day")),
    (
        {"premises": (a_premises(open_weekdays=1),), "checks": (a_check(1, published_day=1, locked=True),)},
        ("items.csv", 2, "pub_day"),
    ),
    (
        {
            "premises": (a_premises(1), a_premises(2)),
            "checks": (a_check(1, bundle=1), a_check(2, bundle=1, premises=2)),
        },
        ("items.csv", 3, "bundle"),
    ),
    ({"checks": (a_check(1, bundle=1), a_check(2, bundle=1, mergeable=False))}, ("items.csv", 3, "mergeable")),
    ({"checks": (a_check(1, bundle=1), a_check(2, bundle=1, onsite=False))}, ("items.csv", 3, "onsite")),
    (
        {
            "checks": (
                a_check(1, bundle=1, published_day=1, locked=True),
                a_check(2, bundle=1, published_day=2, locked=True),
            )
        },
        ("items.csv", 3, "locked"),
    ),
    (
        {"checks": (a_check(1, bundle=1, published_day=1, locked=True), a_check(2, bundle=1, start=3))},
        ("items.csv", 2, "pub_day"),
    ),
]


@pytest.mark.parametrize(("changes", "expected"), FLAWED)
def test_a_contradiction_is_named_with_file_row_and_reason(
    changes: dict[str, object], expected: tuple[str, int, str]
) -> None:
    flaws = flaws_of(a_problem(**changes))
    assert (flaws[0].sheet, flaws[0].row, flaws[0].column) == expected
    assert flaws[0].message


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 100_000))
def test_a_sound_problem_has_no_flaw(seed: int) -> None:
    assert flaws_of(a_small_district(seed)) == []


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_whatever_a_table_holds_the_answer_is_a_problem_or_a_named_place(data: st.DataObject) -> None:
    problem = a_small_district(3, checks=6)
    tables = files_of(problem)
    file = data.draw(st.sampled_from(sorted(tables)))
    row = data.draw(st.integers(0, len(tables[file]) - 1))
    tables[file][row] = data.draw(st.text(st.characters(codec="utf-8"), max_size=40)) + "\n"
    try:
        problem_from(meta_json(problem), tables)
    except PlanningProblemFlawed as error:
        places = error.places
    else:
        return
    assert places
    assert all(place.sheet == file and place.message for place in places)
