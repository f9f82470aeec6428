"""The demo's data files and generators: sound by the rules that users are held to, and the same for the same seed."""

import datetime as dt
import re
from collections import Counter

import pytest

from inspect_registry.catalogue.model import Disclosure
from inspect_registry.catalogue.soundness import matter_faults
from inspect_registry.demo import accounts, officers, reference, year
from inspect_registry.demo.enterprises import Grading, enterprises
from inspect_registry.enterprises.model import CreditRiskClass, EnterpriseKind
from inspect_registry.enterprises.soundness import enterprise_faults
from inspect_registry.identifiers import parse_certificate_no, uscc_faults
from inspect_registry.inspectors.model import InspectorState

MADE = list(enterprises(7, 6_000))
IDS = {department.code: number for number, department in enumerate(reference.departments(), start=1)}
MATTERS = reference.matters(IDS)
TODAY = dt.date(2026, 11, 20)


def test_twenty_departments_stand_for_the_nine_priority_domains_among_others():
    departments = reference.departments()
    assert len(departments) == 20
    domains = {department.domain for department in departments} - {""}
    assert domains == {
        "市场监管", "公安", "消防救援", "药品监督", "卫生健康", "文化旅游", "生态环境", "城市管理", "交通运输"
    }  # fmt: skip
    for department in departments:
        assert uscc_faults(department.uscc) == ()
        assert department.uscc.startswith("11310114")


def test_every_matter_is_sound_and_has_three_to_eight_criteria():
    assert len(MATTERS) >= 80
    assert len({matter.code for matter in MATTERS}) == len(MATTERS)
    for matter in MATTERS:
        assert matter_faults(matter) == (), matter.code
        assert 3 <= len(matter.criteria) <= 8, matter.code
        assert matter.sample or all(re.search("第.+条", basis) for basis in matter.basis)
    assert {matter.disclosure for matter in MATTERS} == set(Disclosure)


def test_every_matter_has_somebody_to_be_checked_at():
    for matter in MATTERS:
        tags = [(one.industry, one.tags) for one in MADE]
        assert any(_applies(matter, industry, held) for industry, held in tags), matter.code


def _applies(matter, industry, tags):
    line = not matter.industries or industry.startswith(tuple(matter.industries))
    return line and (not matter.tags or bool(set(matter.tags) & set(tags)))


def test_activities_are_the_same_words_in_matters_bundles_and_lines():
    held = {tag for line in reference.industries() for tag in (*line.activities, *line.some)}
    asked = {tag for matter in MATTERS for tag in matter.tags}
    assert asked <= held
    codes = {matter.code: number for number, matter in enumerate(MATTERS, start=1)}
    bundles = reference.bundles(IDS, codes)
    assert len(bundles) >= 5
    assert {tag for bundle in bundles for tag in bundle.tags} <= held
    mergeable = {codes[matter.code] for matter in MATTERS if matter.mergeable}
    assert all(set(bundle.matters) <= mergeable for bundle in bundles)


def test_the_twelve_towns_are_near_each_other_both_ways():
    towns = reference.towns()
    assert len(towns) == 12
    near = {town.zone: set(town.near) for town in towns}
    for zone, others in near.items():
        assert zone in others
        assert all(zone in near[other] for other in others)


def test_every_enterprise_is_sound_and_no_number_comes_twice():
    for made in MADE:
        assert enterprise_faults(made) == (), made
    numbers = [made.uscc or made.reg_no for made in MADE]
    assert len(set(numbers)) == len(numbers)
    assert len({made.name for made in MADE}) == len(MADE)


def test_the_district_has_its_special_cases():
    assert any(made.uscc is None and made.kind is EnterpriseKind.INDIVIDUAL for made in MADE)
    assert any(made.natural_name for made in MADE)
    assert any(made.uscc and made.uscc[0] == "N" for made in MADE)
    assert any(len(made.premises) > 1 for made in MADE)
    assert any(ord(letter) > 0xFFFF for made in MADE for letter in made.name)
    doors = Counter(place.address for made in MADE for place in made.premises)
    assert max(doors.values()) > 20
    assert all(made.contact.endswith("@example.invalid") for made in MADE)


def test_the_same_seed_gives_the_same_enterprises_and_another_gives_others():
    assert list(enterprises(7, 300)) == MADE[:300]
    assert list(enterprises(8, 300)) != MADE[:300]


def test_classes_come_in_the_published_shares():
    grading = Grading(7)
    found = Counter(grading.credit_class() for _ in range(20_000))
    shares = {class_: count / 200 for class_, count in found.items()}
    expected = {CreditRiskClass.A: 65, CreditRiskClass.B: 25, CreditRiskClass.C: 8, CreditRiskClass.D: 1.5, None: 0.5}
    for class_, percent in expected.items():
        assert shares[class_] == pytest.approx(percent, abs=1.5), class_


def test_grades_go_to_those_whom_the_scale_is_for():
    grading = Grading(7)
    for made in MADE[:2_000]:
        assert (grading.food_risk(made) is None) == {"food_production", "catering", "food_retail"}.isdisjoint(made.tags)
        if "catering" not in made.tags:
            assert grading.catering(made) is None
        assert (grading.device(made) is None) == {"device_production", "device_retail"}.isdisjoint(made.tags)


def test_three_hundred_officers_of_whom_some_may_not_inspect():
    known = officers.Reference(departments=IDS, matters={m.code: n for n, m in enumerate(MATTERS, start=1)})
    made = officers.officers(7, TODAY, known)
    assert len(made) == 300
    assert len({parse_certificate_no(officer.certificate) for officer in made}) == 300
    assert all(officer.certificate.startswith("09") for officer in made)
    assert 3 <= sum(officer.valid_to < TODAY for officer in made) <= 30
    assert any(officer.state is InspectorState.SUSPENDED for officer in made)
    able = Counter(
        matter
        for officer in made
        if officer.state is InspectorState.ACTIVE and officer.valid_to >= TODAY
        for matter in officer.matters
    )
    for matter in MATTERS:
        assert able[known.matters[matter.code]] >= matter.min_inspectors, matter.code


def test_about_thirty_accounts_of_every_role_are_published():
    assert 25 <= len(accounts.SHOWN) <= 40
    assert len({account.account for account in accounts.SHOWN}) == len(accounts.SHOWN)
    roles = {account.role for account in accounts.SHOWN}
    assert {role.value for role in roles} == {
        "clerk", "head", "coordinator", "inspector", "enterprise", "auditor", "operator"
    }  # fmt: skip
    assert all(account.place and account.purpose for account in accounts.SHOWN)


@pytest.mark.parametrize(
    ("day", "following"),
    [(dt.date(2026, 11, 30), dt.date(2026, 12, 1)), (dt.date(2026, 12, 31), dt.date(2027, 1, 1))],
)
def test_the_next_month_crosses_the_year(day, following):
    assert year.next_month(day) == following
