"""Whether a code may be issued: pure rules on whole situations; one fault is enough, and none is none."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspect_registry.clock import start_of_day
from inspect_registry.codes.errors import (
    CapExceeded,
    CertificateInvalid,
    MatterUnpublished,
    QuietObject,
    TooFewInspectors,
    VisitNotApproved,
)
from inspect_registry.codes.issuing import (
    Subject,
    SubjectInspector,
    SubjectMatter,
    SubjectPart,
    SubjectVisit,
    backfill_due,
    bound_of,
    page_of,
    refuse_unless_issuable,
    window_of,
)
from inspect_registry.codes.model import CodePath
from inspect_registry.errors import Invalid, RegistryError

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)


def an_inspector(part: int, number: int, **changes: object) -> SubjectInspector:
    fields = {
        "part": part,
        "inspector": number,
        "name": f"执法{number}",
        "certificate": f"{number:011d}",
        "valid_from": date(2024, 1, 1),
        "valid_to": date(2027, 12, 31),
        "state": "active",
    }
    return SubjectInspector(**{**fields, **changes})


def a_matter(part: int, **changes: object) -> SubjectMatter:
    fields = {
        "part": part,
        "code": f"M-{part}",
        "name": "检查",
        "basis": ("《法》第一条",),
        "published_on": date(2025, 1, 1),
        "withdrawn_on": None,
        "criteria": ("要点",),
    }
    return SubjectMatter(**{**fields, **changes})


def a_part(number: int, **changes: object) -> SubjectPart:
    fields = {
        "visit": 1,
        "part": number,
        "department": number,
        "department_code": f"d{number}",
        "department_name": f"部门{number}",
        "counted": True,
        "approved": True,
        "used": 1,
        "cap": 4,
    }
    return SubjectPart(**{**fields, **changes})


def a_visit(**changes: object) -> SubjectVisit:
    fields = {
        "visit": 1,
        "visit_uid": "v" * 26,
        "state": "approved",
        "emergency": False,
        "exempt": False,
        "announced": True,
        "day": DAY,
        "lead": 1,
        "enterprise": 1,
        "enterprise_uid": "e" * 26,
        "enterprise_name": "某店",
        "natural_name": False,
        "identifier": "91310114MA1GT0XJ7C",
        "premises": 1,
        "premises_uid": "p" * 26,
        "address": "某路1号",
        "trigger_uid": "",
        "trigger_kind": "",
        "plan_numbers": ("备案1", "备案2"),
        "quiet": (),
    }
    return SubjectVisit(**{**fields, **changes})


def a_subject(parts: int = 2, **visit: object) -> Subject:
    numbers = range(1, parts + 1)
    return Subject(
        visit=a_visit(**visit),
        parts=tuple(a_part(number) for number in numbers),
        matters={number: (a_matter(number),) for number in numbers},
        inspectors={
            number: (an_inspector(number, 2 * number), an_inspector(number, 2 * number + 1)) for number in numbers
        },
    )


def judged(subject: Subject, path: CodePath = CodePath.NORMAL, reason: str = "", now: datetime = NOW) -> str:
    """Return the name of the refusal, or nothing."""
    try:
        refuse_unless_issuable(subject, path, reason, window_of(subject, path, now), now)
    except RegistryError as error:
        return type(error).__name__ if error.rule and error.detail else "a refusal without its rule"
    return ""


def with_inspector(subject: Subject, part: int, **changes: object) -> Subject:
    first, *others = subject.inspectors[part]
    changed = (msgspec.structs.replace(first, **changes), *others)
    return msgspec.structs.replace(subject, inspectors={**subject.inspectors, part: changed})


FAULTS = {
    "state": (lambda s: msgspec.structs.replace(s, visit=a_visit(state="confirmed")), VisitNotApproved),
    "cancelled": (lambda s: msgspec.structs.replace(s, visit=a_visit(state="cancelled")), VisitNotApproved),
    "quiet enterprise": (lambda s: msgspec.structs.replace(s, visit=a_visit(quiet=("",))), QuietObject),
    "quiet matter": (lambda s: msgspec.structs.replace(s, visit=a_visit(quiet=("SCJG-001",))), QuietObject),
    "one head": (
        lambda s: msgspec.structs.replace(s, parts=(s.parts[0], msgspec.structs.replace(s.parts[1], approved=False))),
        VisitNotApproved,
    ),
    "nobody": (lambda s: msgspec.structs.replace(s, parts=(), matters={}, inspectors={}), VisitNotApproved),
    "expired": (lambda s: with_inspector(s, 2, valid_to=DAY - timedelta(days=1)), CertificateInvalid),
    "not yet": (lambda s: with_inspector(s, 1, valid_from=DAY + timedelta(days=1)), CertificateInvalid),
    "suspended": (lambda s: with_inspector(s, 1, state="suspended"), CertificateInvalid),
    "alone": (
        lambda s: msgspec.structs.replace(s, inspectors={**s.inspectors, 2: s.inspectors[2][:1]}),
        TooFewInspectors,
    ),
    "unpublished": (
        lambda s: msgspec.structs.replace(
            s, matters={**s.matters, 1: (a_matter(1, published_on=DAY + timedelta(days=1)),)}
        ),
        MatterUnpublished,
    ),
    "withdrawn": (
        lambda s: msgspec.structs.replace(s, matters={**s.matters, 1: (a_matter(1, withdrawn_on=DAY),)}),
        MatterUnpublished,
    ),
    "nothing to check": (lambda s: msgspec.structs.replace(s, matters={**s.matters, 2: ()}), MatterUnpublished),
    "over cap": (
        lambda s: msgspec.structs.replace(s, parts=(msgspec.structs.replace(s.parts[0], used=5), s.parts[1])),
        CapExceeded,
    ),
    "not counted": (
        lambda s: msgspec.structs.replace(s, parts=(s.parts[0], msgspec.structs.replace(s.parts[1], used=0))),
        CapExceeded,
    ),
}


def test_a_whole_situation_is_issuable_alone_and_jointly() -> None:
    for parts in (1, 2, 5):
        assert judged(a_subject(parts)) == ""


@pytest.mark.parametrize("fault", FAULTS)
def test_one_fault_is_enough(fault: str) -> None:
    plant, expected = FAULTS[fault]
    assert judged(plant(a_subject())) == expected.__name__


@given(st.sets(st.sampled_from(sorted(set(FAULTS) - {"nobody"})), min_size=1, max_size=4))
def test_any_mixture_of_faults_is_refused(faults: set[str]) -> None:
    subject = a_subject()
    for fault in sorted(faults):
        subject = FAULTS[fault][0](subject)
    assert judged(subject) != ""


def test_the_first_and_last_day_of_a_certificate_count() -> None:
    assert judged(with_inspector(a_subject(), 1, valid_from=DAY)) == ""
    assert judged(with_inspector(a_subject(), 1, valid_to=DAY)) == ""


def test_the_cap_itself_is_allowed_and_an_exempt_part_is_not_counted() -> None:
    subject = a_subject()
    full = msgspec.structs.replace(subject, parts=(msgspec.structs.replace(subject.parts[0], used=4), subject.parts[1]))
    assert judged(full) == ""
    exempt = tuple(msgspec.structs.replace(part, counted=False, used=0, cap=0) for part in subject.parts)
    assert judged(msgspec.structs.replace(subject, parts=exempt)) == ""


def test_the_window_is_the_visits_whole_day_in_shanghai() -> None:
    window = window_of(a_subject(), CodePath.NORMAL, NOW)
    assert (window.opens_at, window.ends_at) == (start_of_day(DAY), start_of_day(DAY + timedelta(days=1)))


@pytest.mark.parametrize(
    ("path", "now", "refused"),
    [
        (CodePath.NORMAL, datetime(2026, 11, 23, 15, 59, 59, tzinfo=UTC), ""),
        (CodePath.NORMAL, datetime(2026, 11, 23, 16, 0, tzinfo=UTC), "Invalid"),
        (CodePath.NETWORK_FAILURE, datetime(2026, 12, 3, 15, 59, 59, tzinfo=UTC), ""),
        (CodePath.NETWORK_FAILURE, datetime(2026, 12, 3, 16, 0, tzinfo=UTC), "Invalid"),
    ],
)
def test_after_the_day_only_a_network_failure_is_issued_for_ten_days(
    path: CodePath, now: datetime, refused: str
) -> None:
    assert judged(a_subject(), path, "市级系统中断", now) == refused


def test_late_paths_need_words_and_an_emergency_needs_to_be_one() -> None:
    for path in (CodePath.EMERGENCY, CodePath.NETWORK_FAILURE):
        with pytest.raises(Invalid):
            refuse_unless_issuable(a_subject(emergency=True), path, " 短 ", window_of(a_subject(), path, NOW), NOW)
    assert judged(a_subject(state="confirmed"), CodePath.EMERGENCY, "燃气泄漏举报") == "VisitNotApproved"
    assert judged(a_subject(state="confirmed", emergency=True), CodePath.EMERGENCY, "燃气泄漏举报") == ""


@pytest.mark.parametrize("state", ["recorded", "closed", "cancelled"])
@pytest.mark.parametrize("path", list(CodePath))
def test_nobody_gets_a_code_for_a_visit_that_is_over(state: str, path: CodePath) -> None:
    assert judged(a_subject(state=state, emergency=True), path, "燃气泄漏举报") == "VisitNotApproved"


@pytest.mark.parametrize(
    ("now", "hours", "refused"),
    [
        (start_of_day(DAY), 24, ""),
        (start_of_day(DAY + timedelta(days=1)) - timedelta(seconds=1), 24, ""),
        (start_of_day(DAY + timedelta(days=1)) + timedelta(hours=12), 12, ""),
        (start_of_day(DAY + timedelta(days=1)) + timedelta(hours=20), 4, ""),
        (start_of_day(DAY + timedelta(days=2)), 0, "Invalid"),
        (start_of_day(DAY + timedelta(days=9)), None, "Invalid"),
    ],
)
def test_an_emergency_cannot_be_drawn_out_by_new_codes(now: datetime, hours: int | None, refused: str) -> None:
    subject = a_subject(state="confirmed", emergency=True)
    window = window_of(subject, CodePath.EMERGENCY, now)
    assert judged(subject, CodePath.EMERGENCY, "燃气泄漏举报", now) == refused
    assert hours is None or window.ends_at - window.opens_at == timedelta(hours=hours)


def test_back_fill_days_follow_the_path() -> None:
    assert backfill_due(CodePath.NORMAL, NOW) is None
    assert backfill_due(CodePath.EMERGENCY, NOW) == date(2026, 11, 21)
    assert backfill_due(CodePath.NETWORK_FAILURE, NOW) == date(2026, 11, 30)


def test_what_is_bound_does_not_depend_on_order_and_changes_with_each_fact() -> None:
    subject = a_subject()
    turned = msgspec.structs.replace(subject, parts=subject.parts[::-1])
    assert bound_of(turned).canonical() == bound_of(subject).canonical()
    for changed in (
        with_inspector(subject, 1, certificate="99999999999"),
        msgspec.structs.replace(subject, matters={**subject.matters, 1: (a_matter(1, code="M-9"),)}),
        msgspec.structs.replace(subject, visit=a_visit(plan_numbers=("备案9",))),
        a_subject(1),
    ):
        assert bound_of(changed).canonical() != bound_of(subject).canonical()


def test_the_page_names_the_lead_only_of_a_joint_visit() -> None:
    for parts, leads in ((1, [False]), (2, [True, False])):
        subject = a_subject(parts)
        page = page_of(subject, CodePath.NORMAL, window_of(subject, CodePath.NORMAL, NOW))
        assert [department.lead for department in page.departments] == leads
        assert page.plan == "备案1；备案2"
    triggered = a_subject(trigger_uid="t" * 26)
    page = page_of(triggered, CodePath.NORMAL, window_of(triggered, CodePath.NORMAL, NOW))
    assert not page.planned
    assert page.plan == "触发事由 " + "t" * 26


def test_a_documented_reason_reaches_quiet_objects_too() -> None:
    subject = a_subject()
    quiet = msgspec.structs.replace(subject, visit=a_visit(quiet=("",), trigger_uid="t" * 26))
    assert judged(quiet) == ""
