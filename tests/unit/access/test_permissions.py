"""Deny by default: a role has only what it was given, and nobody both plans and files, or records and erases."""

import pytest

from inspect_registry.access.permissions import GRANTED, Permission, may
from inspect_registry.actor import Role


def test_permissions_are_alphabetical_and_speak_one_grammar() -> None:
    names = [permission.name for permission in Permission]
    assert names == sorted(names)
    assert all(
        permission.value
        == permission.name.lower().rpartition("_")[0] + ":" + permission.name.lower().rpartition("_")[2]
        for permission in Permission
    )


def test_an_unknown_role_may_nothing() -> None:
    for permission in Permission:
        assert not may("stranger", permission)  # type: ignore[arg-type]


def test_nobody_in_particular_may_only_scan_confirm_and_report() -> None:
    assert {p for p in Permission if may(Role.ANONYMOUS, p)} == {
        Permission.ARRIVAL_CONFIRM,
        Permission.CODE_VERIFY,
        Permission.REPORT_FILE,
    }


@pytest.mark.parametrize("role", [Role.AUDITOR])
def test_an_auditor_changes_nothing(role: Role) -> None:
    # An export is told in the ledger.
    looks = {one for one in GRANTED[role] if one.value.endswith((":read", ":export"))}
    assert looks == GRANTED[role]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (Permission.ANNUAL_PLAN_EDIT, Permission.ANNUAL_PLAN_FILE),
        (Permission.ANNUAL_PLAN_SUBMIT, Permission.ANNUAL_PLAN_REVIEW),
        (Permission.VISIT_CONFIRM, Permission.MERGE_RUN),
        (Permission.INSPECTION_RECORD, Permission.VISIT_APPROVE),
        (Permission.TRIGGER_PROPOSE, Permission.TRIGGER_APPROVE),
        (Permission.PERSON_CHANGE, Permission.INSPECTION_RECORD),
    ],
)
def test_four_eyes_no_role_holds_both_sides(one: Permission, other: Permission) -> None:
    both = [role for role in Role if role is not Role.SYSTEM and may(role, one) and may(role, other)]
    assert both == []


def test_credit_classes_stay_inside() -> None:
    readers = {role for role in Role if may(role, Permission.CREDIT_CLASS_READ)}
    assert readers.isdisjoint({Role.ENTERPRISE, Role.ANONYMOUS, Role.INSPECTOR, Role.OPERATOR})


def test_reports_from_doors_are_not_read_by_the_departments_they_are_about() -> None:
    readers = {role for role in Role if may(role, Permission.REPORT_READ)}
    assert readers == {Role.COORDINATOR, Role.AUDITOR, Role.SYSTEM}
