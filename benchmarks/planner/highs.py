"""HiGHS on the aggregated model: visits on days and person-minutes by department and day, people not assigned."""

from collections import defaultdict

import highspy
import numpy as np

from inspect_registry.planning.problem import Plan, Problem
from inspect_registry.planning.situation import Situation


def aggregated_bound_and_plan(problem: Problem, seconds: float) -> dict[str, object]:  # noqa: C901  # One model.
    """Return the cost HiGHS finds for the aggregated model (a plan whose people may not exist) and its bound."""
    s = Situation(problem, Plan())
    h = highspy.Highs()
    h.silent()
    h.setOptionValue("time_limit", float(seconds))
    h.setOptionValue("threads", 1)
    capacity: dict[tuple[int, int], float] = defaultdict(float)
    for inspector in problem.inspectors:
        for day in set(range(problem.horizon)) - set(inspector.off_days):
            capacity[inspector.department, day] += problem.day_minutes
    load: dict[tuple[int, int], list[tuple[int, float]]] = defaultdict(list)
    visits: dict[tuple[int, int], int] = {}
    columns = 0

    def column(cost: float) -> int:
        nonlocal columns
        h.addCol(cost, 0.0, 1.0, 0, np.array([], dtype=np.int32), np.array([], dtype=np.float64))
        h.changeColIntegrality(columns, highspy.HighsVarType.kInteger)
        columns += 1
        return columns - 1

    def row(low: float, high: float, terms: list[tuple[int, float]]) -> None:
        h.addRow(
            low,
            high,
            len(terms),
            np.array([c for c, _ in terms], dtype=np.int32),
            np.array([v for _, v in terms], dtype=np.float64),
        )

    for unit in s.units:
        days = s.allowed_days(unit)
        if not days:
            continue
        terms = [(column(sum(problem.unserved_cost(c) for c in unit)), 1.0)]
        for day in days:
            x = column(0.0 if not unit[0].onsite or unit[0].mergeable else problem.weights.visit)
            terms.append((x, 1.0))
            for c in unit:
                load[c.department, day].append(
                    (x, float(c.inspectors * (c.minutes + problem.visit_overhead * c.onsite)))
                )
            if unit[0].onsite and unit[0].mergeable:
                place = (unit[0].premises, day)
                if place not in visits:
                    visits[place] = column(problem.weights.visit)
                row(-highspy.kHighsInf, 0.0, [(x, 1.0), (visits[place], -1.0)])
        row(1.0, 1.0, terms)
    for key, asked in load.items():
        merged: dict[int, float] = defaultdict(float)
        for x, minutes in asked:
            merged[x] += minutes
        row(-highspy.kHighsInf, capacity[key], list(merged.items()))
    h.run()
    info = h.getInfo()
    found = info.primal_solution_status == 2
    return {"cost": round(info.objective_function_value) if found else None, "bound": round(info.mip_dual_bound)}
