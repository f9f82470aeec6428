"""Four look-alike scales: never equal, never ordered, never converted; and what an enterprise's entry must have."""

import itertools
import subprocess
import sys
from pathlib import Path

import pytest

from inspect_registry import identifiers
from inspect_registry.enterprises.model import CateringGrade, CreditRiskClass, DeviceLevel, FoodRiskGrade
from inspect_registry.enterprises.soundness import enterprise_faults
from tests.district_builders import an_enterprise

SCALES = (CreditRiskClass, FoodRiskGrade, CateringGrade, DeviceLevel)


@pytest.mark.parametrize(("one", "other"), list(itertools.permutations(SCALES, 2)))
def test_members_of_two_scales_are_never_equal_and_have_no_order(one, other):
    for left, right in itertools.product(one, other):
        assert left != right
        with pytest.raises(TypeError):
            assert left < right
    with pytest.raises(ValueError):
        one(next(iter(other)))


def test_the_type_checker_refuses_to_compare_two_scales(tmp_path):
    module = tmp_path / "mixed.py"
    module.write_text(
        "from inspect_registry.enterprises.model import CateringGrade, CreditRiskClass\n"
        "def same(a: CreditRiskClass, b: CateringGrade) -> bool:\n"
        "    return a == b\n",
        encoding="utf-8",
    )
    root = Path(__file__).parents[3]
    command = [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(module)]
    checked = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert checked.returncode == 1
    assert "comparison-overlap" in checked.stdout


def test_a_plain_enterprise_is_sound():
    assert enterprise_faults(an_enterprise()) == ()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"uscc": None}, "uscc"),
        ({"uscc": an_enterprise(1).uscc.lower()}, "uscc"),
        ({"uscc": "9131O114MA1GT001X1"}, "uscc"),
        ({"reg_no": identifiers.make_reg_no("31011460012345")[:14] + "x"}, "reg_no"),
        ({"name": "　"}, "name"),
        ({"industry": "6210"}, "industry"),
        ({"industry": "H62100"}, "industry"),
        ({"premises": ()}, "premises"),
    ],
)
def test_each_rule_bites(changes, field):
    ((found, message),) = enterprise_faults(an_enterprise(**changes))
    assert found == field
    assert message
