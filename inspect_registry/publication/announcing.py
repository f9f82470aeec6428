"""The month's announcement on paper, from the same snapshot as its page."""

from inspect_registry.clock import day_of
from inspect_registry.documents.announcement import (
    AnnouncedDepartment,
    AnnouncedVisit,
    Announcement,
    announcement_pdf,
)
from inspect_registry.documents.numbers import DocumentNumber
from inspect_registry.documents.paper import LedgerMark
from inspect_registry.ledger import addresses
from inspect_registry.publication.dates import chinese_day, month_slug
from inspect_registry.publication.figures import by_department, plan_figures
from inspect_registry.publication.rendering import File, Renderer
from inspect_registry.publication.snapshot import MonthPlan

OFFICE = "嘉检公告"
"""机关代字 of announcements; sample until the district fixes one."""


def announcement(renderer: Renderer, plan: MonthPlan) -> File:
    """Make plan.pdf of one revision; its path counts from the revision's folder."""
    names = renderer.names
    site = renderer.snapshot.site
    figures = plan_figures(plan)
    shares = by_department(plan)
    order = {department.code: place for place, department in enumerate(renderer.snapshot.departments)}
    content = Announcement(
        number=document_number(renderer, plan),
        publisher=site.publisher,
        district=site.district,
        year=plan.month.year,
        month=plan.month.month,
        published_on=day_of(plan.published_at),
        visits=figures.visits,
        enterprises=figures.enterprises,
        joint=figures.joint,
        avoided=figures.avoided,
        numbers_only=figures.unnamed,
        departments=tuple(
            AnnouncedDepartment(
                name=names.department(code),
                named=shares[code].visits,
                numbers_only=shares[code].unnamed,
                joint=shares[code].joint,
            )
            for code in sorted(shares, key=lambda code: (order.get(code, len(order)), code))
        ),
        named=tuple(
            AnnouncedVisit(
                window=chinese_day(visit.day),
                enterprise=visit.enterprise.name,
                place=names.town(visit.enterprise.town),
                departments="、".join(names.department(code, short=True) for code in visit.departments),
                matters="；".join(names.matter(code) for code in visit.matters),
            )
            for visit in plan.visits
        ),
        address=f"{site.public_url}/plans/{month_slug(plan.month)}/",
        revision=plan.revision,
        reason=plan.reason,
        mark="演示数据，不具有法律效力" if site.demo else "",
        ledger=_entry(site.public_url, plan.release),
    )
    return File(path="plan.pdf", content=announcement_pdf(content))


def _entry(base: str, release: str) -> LedgerMark | None:
    """Name the release's entry; None for plans of before papers did so."""
    if not release:
        return None
    return LedgerMark(entry=f"release/{release}", address=base + addresses.about("release", release))


def document_number(renderer: Renderer, plan: MonthPlan) -> DocumentNumber:
    """Return the announcement's number: its place among the year's announcements, by time of publication."""
    year = day_of(plan.published_at).year
    earlier = [
        entry
        for entry in renderer.snapshot.months
        if day_of(entry.published_at).year == year and entry.published_at < plan.published_at
    ]
    return DocumentNumber(office=OFFICE, year=year, serial=len(earlier) + 1)
