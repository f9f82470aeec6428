"""Every handler of the service, in one list: what is not here is not reachable."""

from typing import Any

from inspect_registry.routes.api import access as api_access
from inspect_registry.routes.api import casefile as api_casefile
from inspect_registry.routes.api import catalogue as api_catalogue
from inspect_registry.routes.api import codes as api_codes
from inspect_registry.routes.api import credit as api_credit
from inspect_registry.routes.api import documents as api_documents
from inspect_registry.routes.api import enterprises as api_enterprises
from inspect_registry.routes.api import evidence as api_evidence
from inspect_registry.routes.api import fieldwork as api_fieldwork
from inspect_registry.routes.api import followup as api_followup
from inspect_registry.routes.api import health
from inspect_registry.routes.api import holidays as api_holidays
from inspect_registry.routes.api import inspectors as api_inspectors
from inspect_registry.routes.api import ledger as api_ledger
from inspect_registry.routes.api import lists as api_lists
from inspect_registry.routes.api import merges as api_merges
from inspect_registry.routes.api import months as api_months
from inspect_registry.routes.api import plans as api_plans
from inspect_registry.routes.api import printing as api_printing
from inspect_registry.routes.api import publication as api_publication
from inspect_registry.routes.api import quiet as api_quiet
from inspect_registry.routes.api import triggers as api_triggers
from inspect_registry.routes.api import versions as api_versions
from inspect_registry.routes.api import visits as api_visits
from inspect_registry.routes.pages import access as page_access
from inspect_registry.routes.pages import credit as page_credit
from inspect_registry.routes.pages import demo as page_demo
from inspect_registry.routes.pages import door as page_door
from inspect_registry.routes.pages import log as page_log
from inspect_registry.routes.pages import log_pages as page_log_pages
from inspect_registry.routes.pages import merges as page_merges
from inspect_registry.routes.pages import mine as page_mine
from inspect_registry.routes.pages import offline as page_offline
from inspect_registry.routes.pages import papers as page_papers
from inspect_registry.routes.pages import prints as page_prints
from inspect_registry.routes.pages import public as page_public
from inspect_registry.routes.pages import scan as page_scan

API: list[Any] = [
    *api_access.handlers,
    *api_casefile.handlers,
    *api_catalogue.handlers,
    *api_codes.handlers,
    *api_credit.handlers,
    *api_documents.handlers,
    *api_enterprises.handlers,
    *api_evidence.handlers,
    *api_fieldwork.handlers,
    *api_followup.handlers,
    *api_holidays.handlers,
    *api_inspectors.handlers,
    *api_ledger.handlers,
    *api_lists.handlers,
    *api_merges.handlers,
    *api_months.handlers,
    *api_plans.handlers,
    *api_printing.handlers,
    *api_publication.handlers,
    *api_triggers.handlers,
    *api_quiet.handlers,
    *api_versions.handlers,
    *api_visits.handlers,
]
"""Mounted under /api/v1."""
ROOT: list[Any] = [
    *health.handlers,
    *page_access.handlers,
    *page_credit.handlers,
    *page_demo.handlers,
    *page_door.handlers,
    *api_codes.root_handlers,
    *page_merges.handlers,
    *page_mine.handlers,
    *page_papers.handlers,
    *page_prints.handlers,
    *page_scan.handlers,
    *page_offline.handlers,
    *page_log.handlers,
    *page_log_pages.handlers,
    *page_public.handlers,
]
"""Mounted at /."""
