"""What may be done, and who may: `subject:verb`, alphabetical; docs/permissions.md says each in Chinese.

Which rows a person sees is the database's row-level security; a permission only opens the act.
"""

from enum import StrEnum

from inspect_registry.actor import Role


class Permission(StrEnum):
    """One thing that can be allowed."""

    ANNUAL_PLAN_EDIT = "annual_plan:edit"
    ANNUAL_PLAN_FILE = "annual_plan:file"
    ANNUAL_PLAN_PUBLISH = "annual_plan:publish"
    ANNUAL_PLAN_READ = "annual_plan:read"
    ANNUAL_PLAN_REVIEW = "annual_plan:review"
    ANNUAL_PLAN_SUBMIT = "annual_plan:submit"
    ARRIVAL_CONFIRM = "arrival:confirm"
    CASEFILE_EXPORT = "casefile:export"
    CATALOGUE_CHANGE = "catalogue:change"
    CATALOGUE_READ = "catalogue:read"
    CODE_ISSUE = "code:issue"
    CODE_PRESENT = "code:present"
    CODE_REVOKE = "code:revoke"
    CODE_VERIFY = "code:verify"
    CREDIT_CLASS_IMPORT = "credit_class:import"
    CREDIT_CLASS_READ = "credit_class:read"
    CREDIT_RECORD_CHANGE = "credit_record:change"
    CREDIT_RECORD_READ = "credit_record:read"
    DOCUMENT_DELIVER = "document:deliver"
    DOCUMENT_ISSUE = "document:issue"
    DOCUMENT_READ = "document:read"
    DOCUMENT_VOID = "document:void"
    DRAW_MAKE = "draw:make"
    DRAW_READ = "draw:read"
    ENTERPRISE_CHANGE = "enterprise:change"
    ENTERPRISE_READ = "enterprise:read"
    EVIDENCE_ADD = "evidence:add"
    GRADE_INPUT_READ = "grade_input:read"
    INSPECTION_CORRECT = "inspection:correct"
    INSPECTION_READ = "inspection:read"
    INSPECTION_RECORD = "inspection:record"
    INSPECTOR_CHANGE = "inspector:change"
    INSPECTOR_READ = "inspector:read"
    JOB_READ = "job:read"
    LATENESS_ESCALATE = "lateness:escalate"
    LATENESS_READ = "lateness:read"
    LEDGER_ERASE = "ledger:erase"
    LEDGER_READ = "ledger:read"
    MEASURE_READ = "measure:read"
    MERGE_READ = "merge:read"
    MERGE_RUN = "merge:run"
    MONTHLY_PLAN_EDIT = "monthly_plan:edit"
    MONTHLY_PLAN_FILE = "monthly_plan:file"
    MONTHLY_PLAN_GENERATE = "monthly_plan:generate"
    MONTHLY_PLAN_PUBLISH = "monthly_plan:publish"
    MONTHLY_PLAN_READ = "monthly_plan:read"
    MONTHLY_PLAN_SUBMIT = "monthly_plan:submit"
    OBJECTION_DECIDE = "objection:decide"
    OBJECTION_RAISE = "objection:raise"
    OFFSITE_RECORD = "offsite:record"
    OFFSITE_REVIEW = "offsite:review"
    PERSON_CHANGE = "person:change"
    RECTIFICATION_ANSWER = "rectification:answer"
    RECTIFICATION_CHECK = "rectification:check"
    RECTIFICATION_READ = "rectification:read"
    RELAXATION_DECIDE = "relaxation:decide"
    RELAXATION_PROPOSE = "relaxation:propose"
    RELAXATION_READ = "relaxation:read"
    RELEASE_PUBLISH = "release:publish"
    REPAIR_APPLY = "repair:apply"
    REPAIR_DECIDE = "repair:decide"
    REPORT_FILE = "report:file"
    REPORT_READ = "report:read"
    SIGNATURE_TAKE = "signature:take"
    TRIGGER_APPROVE = "trigger:approve"
    TRIGGER_PROPOSE = "trigger:propose"
    TRIGGER_READ = "trigger:read"
    VISIT_APPROVE = "visit:approve"
    VISIT_CANCEL = "visit:cancel"
    VISIT_CONFIRM = "visit:confirm"
    VISIT_READ = "visit:read"


_P = Permission
_READ_ALL = {permission for permission in Permission if permission.value.endswith(":read")}
_DEPARTMENT_READ = _READ_ALL - {_P.JOB_READ, _P.LEDGER_READ, _P.MEASURE_READ, _P.REPORT_READ}

GRANTED: dict[Role, frozenset[Permission]] = {
    Role.CLERK: frozenset(
        _DEPARTMENT_READ
        | {
            _P.ANNUAL_PLAN_EDIT, _P.ANNUAL_PLAN_SUBMIT, _P.CASEFILE_EXPORT, _P.CODE_ISSUE, _P.CREDIT_RECORD_CHANGE,
            _P.DOCUMENT_ISSUE, _P.DRAW_MAKE, _P.MONTHLY_PLAN_EDIT, _P.MONTHLY_PLAN_GENERATE, _P.MONTHLY_PLAN_SUBMIT,
            _P.OBJECTION_DECIDE, _P.OFFSITE_RECORD, _P.OFFSITE_REVIEW, _P.RECTIFICATION_CHECK, _P.REPAIR_APPLY,
            _P.TRIGGER_PROPOSE, _P.VISIT_CONFIRM,
        }
    ),
    Role.HEAD: frozenset(
        _DEPARTMENT_READ
        | {
            _P.ANNUAL_PLAN_SUBMIT, _P.CASEFILE_EXPORT, _P.CODE_ISSUE, _P.CODE_REVOKE, _P.CREDIT_RECORD_CHANGE,
            _P.DOCUMENT_ISSUE, _P.DOCUMENT_VOID, _P.INSPECTION_CORRECT, _P.MONTHLY_PLAN_SUBMIT, _P.OBJECTION_DECIDE,
            _P.OFFSITE_REVIEW, _P.RELAXATION_DECIDE, _P.REPAIR_DECIDE, _P.TRIGGER_APPROVE, _P.VISIT_APPROVE,
            _P.VISIT_CANCEL, _P.VISIT_CONFIRM,
        }
    ),
    Role.COORDINATOR: frozenset(
        _READ_ALL
        | {
            _P.ANNUAL_PLAN_FILE, _P.ANNUAL_PLAN_PUBLISH, _P.ANNUAL_PLAN_REVIEW, _P.CATALOGUE_CHANGE, _P.CODE_REVOKE,
            _P.CREDIT_CLASS_IMPORT, _P.ENTERPRISE_CHANGE, _P.INSPECTOR_CHANGE, _P.MERGE_RUN, _P.MONTHLY_PLAN_FILE,
            _P.MONTHLY_PLAN_GENERATE, _P.MONTHLY_PLAN_PUBLISH, _P.PERSON_CHANGE, _P.RELAXATION_DECIDE,
            _P.RELAXATION_PROPOSE, _P.RELEASE_PUBLISH, _P.VISIT_CANCEL,
        }
    ),
    Role.INSPECTOR: frozenset(
        (_DEPARTMENT_READ - {_P.CREDIT_CLASS_READ, _P.GRADE_INPUT_READ})
        | {
            _P.CASEFILE_EXPORT, _P.CODE_PRESENT, _P.DOCUMENT_DELIVER, _P.DOCUMENT_ISSUE, _P.EVIDENCE_ADD,
            _P.INSPECTION_CORRECT, _P.INSPECTION_RECORD, _P.OFFSITE_RECORD, _P.OFFSITE_REVIEW,
            _P.RECTIFICATION_CHECK, _P.SIGNATURE_TAKE, _P.TRIGGER_PROPOSE,
        }
    ),
    Role.ENTERPRISE: frozenset(
        {
            _P.ARRIVAL_CONFIRM, _P.CODE_VERIFY, _P.CREDIT_RECORD_READ, _P.DOCUMENT_READ, _P.EVIDENCE_ADD,
            _P.INSPECTION_READ, _P.OBJECTION_RAISE, _P.RECTIFICATION_ANSWER, _P.RECTIFICATION_READ, _P.REPAIR_APPLY,
            _P.REPORT_FILE, _P.VISIT_READ,
        }
    ),
    Role.AUDITOR: frozenset(_READ_ALL | {_P.CASEFILE_EXPORT}),
    Role.OPERATOR: frozenset({_P.JOB_READ}),
    Role.SYSTEM: frozenset(Permission),
    Role.ANONYMOUS: frozenset({_P.ARRIVAL_CONFIRM, _P.CODE_VERIFY, _P.REPORT_FILE}),
}  # fmt: skip


def may(role: Role, permission: Permission) -> bool:
    """Say whether this role has the permission; an unknown role has none."""
    return permission in GRANTED.get(role, frozenset())
