"""The compiled core, compiled once more with every address checked, never leaves its memory."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PLANS = """
from inspect_registry.planning.solve import Effort, solve
from tests.planner_builders import a_small_district
for seed in range(60):
    for checks, tight in ((16, True), (60, False)):
        first = solve(a_small_district(seed, checks=checks, tight=tight), effort=Effort.of(300))
        solve(a_small_district(seed, checks=checks, tight=tight), warm=first.plan, effort=Effort.of(50))
print("within")
"""
OUTSIDE = """
from inspect_registry.planning.loading import lay_out
from inspect_registry.planning.placing import free_slot
from tests.planner_builders import a_small_district
print(free_slot(lay_out(a_small_district(1, checks=16)).core.m, 2**24))
"""


def checked(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    env = os.environ | {"NUMBA_BOUNDSCHECK": "1", "NUMBA_CACHE_DIR": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def machine_code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("checked")


def test_solving_and_explaining_stays_within_the_memory(machine_code: Path) -> None:
    done = checked(PLANS, machine_code)
    assert done.stdout == "within\n", done.stderr


def test_an_address_outside_is_told(machine_code: Path) -> None:
    done = checked(OUTSIDE, machine_code)
    assert "IndexError: index is out of bounds" in done.stderr
