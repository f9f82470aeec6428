"""The whole main path over HTTP, step by step, on the demo district: what a district does in one month.

A step is one thing that one person does. test_main_path.py walks the steps in a row; another test kills the database
between every two of them.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Callable
from typing import Any

import httpx
import openpyxl
import pypdf
import zxingcpp
from PIL import Image

from tests.acceptance.browser import screenshot_of
from tests.acceptance.installation import Installation
from tests.fieldwork_doors import signatures_wanted

PLANNED_ON = dt.date(2026, 10, 29)
MONTH = "2026-12"
SEED = {"seed": "2026124期 03 08 15 19 22 31+07", "source": "中国福利彩票双色球第2026124期开奖公告"}


def campaign_xlsx() -> bytes:
    """A plan as an office writes it: title row, merged cells, full-width digits, notes at the end, cells to settle."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "计划表"
    sheet.append(["2026年岁末年初专项检查计划"])
    sheet.merge_cells("A1:K1")
    sheet.append(
        [
            "序号",
            "任务名称",
            "制定任务依据",
            "实施主体",
            "联合部门",
            "检查事项",
            "检查方式",
            "任务日期",
            "检查对象",
            "检查比例",
            "检查频次上限",
        ]
    )
    authority = "嘉定区市场监督管理局"
    sheet.append(
        [1, "加油站计量专项检查", "《中华人民共和国计量法》第十八条", authority, "区消防救援支队", "计量器具监督检查", "现场检查", "2026.12.01-2026.12.31", "加油站等", "１００％", "2次/年"]
    )  # fmt: skip
    sheet.append(
        [2, "广告专项检查", "《中华人民共和国广告法》第四十九条", None, "根据需要", "广告行为检查", "现场检查", "12月", "广告经营者", "待定", "1次/年"]
    )  # fmt: skip
    sheet.merge_cells("D3:D4")
    sheet.append(["填表说明：本表由经办人填写，检查比例可写区间。"])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def campaign_csv() -> bytes:
    """Another department's table: other columns, GB18030."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        ["检查主体", "检查事项", "检查依据", "检查对象", "检查时间", "检查比例", "同一企业检查频次", "可联合检查部门"]
    )
    writer.writerow(
        ["嘉定区消防救援支队", "易燃易爆场所消防监督检查", "《中华人民共和国消防法》第五十三条", "易燃易爆场所", "2026年12月", "100%", "不超过2次", "嘉定区市场监督管理局"]
    )  # fmt: skip
    return out.getvalue().encode("gb18030")


class Walk:
    """One walk: the installation, and what the steps found so far."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.plans: dict[str, dict[str, Any]] = {}
        self.months: dict[str, str] = {}
        self.visit: dict[str, Any] = {}
        self.code: dict[str, Any] = {}
        self.scanned = ""
        self.inspections: dict[str, str] = {}
        self.rectification = ""
        self.log_size = 0

    # -- asking --------------------------------------------------------------------------------------------------------

    def ask(self, account: str, method: str, path: str, status: int = 200, **options: Any) -> Any:
        """Do one request as somebody and return the answer's JSON; any other status fails the test."""
        answer = self.installation.request(account, method, f"/api/v1{path}", **options)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text[:1500]}"
        return answer.json() if answer.content else None

    # -- the steps -----------------------------------------------------------------------------------------------------

    def clerk_imports_a_spreadsheet(self) -> None:
        form = {
            "year": "2026",
            "campaign": "岁末年初专项",
            "approval_document": "嘉府发〔2026〕18号",
            "approved_on": "2026-10-20",
        }
        plan = self.ask(
            "scjg.jingban", "POST", "/annual-plans", 201, data=form, files={"file": ("计划.xlsx", campaign_xlsx())}
        )
        first, second = plan["tasks"]
        assert first["ratio"] == {"min": 100, "max": 100}
        assert (first["starts"], first["ends"]) == ("2026-12-01", "2026-12-31")
        assert [matter["code"] for matter in first["matters"]] == ["SCJG-008"]
        assert {(problem["row"], problem["column"]) for problem in second["problems"]} == {
            (4, "联合部门"),
            (4, "检查比例"),
        }
        self.plans["scjg"] = plan

    def unsettled_cells_hold_the_plan_back(self) -> None:
        uid = self.plans["scjg"]["uid"]
        refused = self.ask("scjg.jingban", "POST", f"/annual-plans/{uid}/submit", 409)
        assert refused["code"] == "plan-unsettled"
        assert {place["column"] for place in refused["places"]} == {"联合部门", "检查比例"}
        assert refused["basis"].startswith("《上海市优化营商环境条例》")

    def clerk_settles_and_submits(self) -> None:
        plan = self.plans["scjg"]
        change = {"ratio": {"min": 1, "max": 1}, "joint_departments": []}
        self.ask("scjg.jingban", "PATCH", f"/tasks/{plan['tasks'][1]['uid']}", json=change)
        self.ask("scjg.jingban", "PATCH", f"/tasks/{plan['tasks'][0]['uid']}", json={"selection": "full"})
        assert self.ask("scjg.jingban", "POST", f"/annual-plans/{plan['uid']}/submit")["state"] == "submitted"

    def another_department_hands_in_a_csv(self) -> None:
        form = {
            "year": "2026",
            "campaign": "岁末消防专项",
            "approval_document": "嘉府发〔2026〕19号",
            "approved_on": "2026-10-20",
        }
        plan = self.ask(
            "xfjy.jingban", "POST", "/annual-plans", 201, data=form, files={"file": ("计划.csv", campaign_csv())}
        )
        assert not plan["tasks"][0].get("problems")
        self.plans["xfjy"] = plan
        assert self.ask("xfjy.jingban", "POST", f"/annual-plans/{plan['uid']}/submit")["state"] == "submitted"

    def coordinator_reviews_files_and_publishes(self) -> None:
        for plan in self.plans.values():
            self.ask("xietiao", "POST", f"/annual-plans/{plan['uid']}/review", json={"reason": "要素齐全，同意"})
            filed = self.ask("xietiao", "POST", f"/annual-plans/{plan['uid']}/file", json={})
            assert filed["number"].startswith("JH2026-")
            assert self.ask("xietiao", "POST", f"/annual-plans/{plan['uid']}/publish")["state"] == "published"

    def objects_are_drawn(self) -> None:
        for department, plan in self.plans.items():
            clerk = f"{department}.jingban"
            month = self.ask(clerk, "POST", "/monthly-plans", 201, json={"month": f"{MONTH}-01"})["uid"]
            for task in plan["tasks"]:
                draw = self.ask(clerk, "POST", f"/monthly-plans/{month}/draws", 201, json={"task": task["uid"]})
                assert draw["seed"] is None
                assert len(draw["commitment"]) == 64
                drawn = self.ask(clerk, "POST", f"/draws/{draw['uid']}/seed", json=SEED)
                assert drawn["seed_source"] == SEED["source"]
                proof = self.ask(clerk, "GET", f"/draws/{draw['uid']}/proof")
                assert proof
            self.months[department] = month

    def checks_are_made_and_filed(self) -> None:
        for department, month in self.months.items():
            clerk = f"{department}.jingban"
            assert self.ask(clerk, "POST", f"/monthly-plans/{month}/checks")["checks"] > 0
            if department == "scjg":  # Its advertisers were drawn by lot, so its inspectors are, too.
                self.inspectors_are_drawn(clerk, month)
            self.ask(clerk, "POST", f"/monthly-plans/{month}/submit")
            self.ask("xietiao", "POST", f"/monthly-plans/{month}/review", json={"reason": "符合年度计划"})
            assert self.ask("xietiao", "POST", f"/monthly-plans/{month}/file")["state"] == "filed"

    def inspectors_are_drawn(self, clerk: str, month: str) -> None:
        """The other half of 双随机, with a seed that appears after the commitment."""
        refused = self.ask(clerk, "POST", f"/monthly-plans/{month}/submit", 409)
        assert refused["code"] == "crew-not-drawn"
        draw = self.ask(clerk, "POST", f"/monthly-plans/{month}/crew-draws", 201, json={})
        assert len(draw["commitment"]) == 64
        drawn = self.ask(clerk, "POST", f"/crew-draws/{draw['uid']}/seed", json=SEED)
        assert drawn["seed_source"] == SEED["source"]

    def overlapping_checks_become_visits(self) -> None:
        run = self.merge()
        assert run["joint_visits"] >= 1
        assert run["avoided"] == run["naive_visits"] - run["visits"] >= 1
        proposals = self.ask("xfjy.jingban", "GET", "/visits/proposals", params={"month": f"{MONTH}-01"})
        assert all(len(visit["parts"]) >= 2 and visit["reasons"] for visit in proposals)
        known = {"09114010001", "09114010002", "09114040001", "09114040002"}
        ours = [v for v in proposals if {i["certificate"] for p in v["parts"] for i in p["inspectors"]} <= known]
        assert ours, "no joint visit of officers who have accounts"
        self.visit = ours[0]

    def merge(self) -> dict[str, Any]:
        """Order the merge and wait for the worker's result."""
        job = self.ask("xietiao", "POST", "/merges", 202, json={"month": f"{MONTH}-01", "seconds": 1, "seed": 1})["job"]
        done = self.installation.until(lambda: self.finished(job))
        assert done["state"] == "done", done
        return dict(done["result"])

    def finished(self, job: str) -> dict[str, Any] | None:
        """The job once it has ended."""
        found = self.ask("xietiao", "GET", f"/jobs/{job}")
        return found if found["state"] in ("done", "failed") else None

    def departments_confirm(self) -> None:
        for department in self.plans:
            self.ask(f"{department}.jingban", "POST", "/visits/confirmations", json={"month": f"{MONTH}-01"})
        assert self.ask("xietiao", "GET", f"/visits/{self.visit['uid']}")["state"] == "confirmed"

    def heads_approve(self) -> None:
        for department in self.plans:
            approved = self.ask(f"{department}.fuze", "POST", "/visits/approvals", json={"month": f"{MONTH}-01"})
            assert approved["refused"] == []
        assert self.ask("xietiao", "GET", f"/visits/{self.visit['uid']}")["state"] == "approved"

    def the_month_is_published(self) -> None:
        published = self.ask("xietiao", "POST", f"/months/{MONTH}/publish", json={})
        assert published["revision"] == 1
        self.public_month_is_there()

    def public_month_is_there(self) -> None:
        """The page, the CSV, the JSON and the PDF name the visit."""
        base = f"{self.installation.url}/plans/{MONTH}"
        name = self.visit["enterprise"]
        assert httpx.get(f"{base}/").status_code == 200
        table = httpx.get(f"{base}/plan.csv").content
        assert table.startswith(b"\xef\xbb\xbf")
        assert name in table.decode("utf-8-sig")
        assert name in json.dumps(httpx.get(f"{base}/plan.json").json(), ensure_ascii=False)
        paper = pypdf.PdfReader(io.BytesIO(httpx.get(f"{base}/plan.pdf").content))
        text = "".join(page.extract_text() for page in paper.pages)
        assert name in text.replace("\n", "")
        assert any(font_is_embedded(page) for page in paper.pages)

    def the_day_of_the_visit_comes(self) -> None:
        self.installation.stop()
        self.installation.today = dt.date.fromisoformat(self.visit["day"])
        self.installation.start()

    def a_code_is_issued(self) -> None:
        self.code = self._with_receipt("scjg.jingban", "/codes", {"visit": self.visit["uid"]})
        again = self.ask("scjg.jingban", "POST", "/codes", 409, json={"visit": self.visit["uid"]})
        assert again["code"] == "code-already-live"

    def _with_receipt(self, account: str, path: str, body: Any) -> Any:
        """Do an act that hands out a receipt; it has its number at once, or says where to ask for it."""
        answer = self.installation.request(account, "POST", f"/api/v1{path}", json=body)
        assert answer.status_code in (201, 202), answer.text
        standing = answer.json()["ledger"]
        number = self.installation.until(lambda: self.installation.request("", "GET", standing["ask"]).json()["number"])
        assert standing["number"] in (number, None)
        return answer.json()

    def the_printed_code_asks_for_the_live_one(self) -> None:
        answer = self.installation.request("scjg.jingban", "GET", f"/api/v1/codes/{self.code['uid']}/printed.png")
        url = decoded(answer.content)
        assert url.startswith(self.installation.url.upper() + "/C/")
        page = httpx.get(self.address(url), follow_redirects=False)
        assert page.status_code == 200
        assert "动态" in page.text or "实时" in page.text
        assert self.visit["enterprise"] in page.text

    def the_inspector_shows_the_live_code(self) -> None:
        """The phone's page in a real browser; its picture is read by another engine than the one that drew it."""
        picture = screenshot_of(
            self.installation, f"/inspector/codes/{self.code['uid']}", account="scjg.zhifa1", width=390, height=844
        )
        self.scanned = decoded(picture)
        assert self.scanned.startswith(self.installation.url.upper() + "/C/")

    def the_enterprise_scans_it(self) -> None:
        page = httpx.get(self.address(self.live_url()))
        assert page.status_code == 200
        assert len(page.content) < 40_000
        text = page.text
        assert text.index(self.visit["enterprise"]) < text.index("有效")
        assert self.visit["address"] in text
        for part in self.visit["parts"]:
            assert part["matters"][0]["name"] in text
            assert all(
                inspector["name"] in text and inspector["certificate"] in text for inspector in part["inspectors"]
            )

    def the_enterprise_confirms_the_arrival(self) -> None:
        shown = self.ask("scjg.zhifa1", "GET", f"/codes/{self.code['uid']}/presentation")
        arrival = {"token": shown["presentation"]["token"], "word": shown["word"]}
        answer = httpx.post(f"{self.installation.url}/api/v1/arrivals", json=arrival, timeout=60)
        assert answer.status_code == 201, answer.text
        assert self.ask("xietiao", "GET", f"/visits/{self.visit['uid']}")["state"] == "under_way"

    def inspectors_open_their_records(self) -> None:
        for department in self.plans:
            opened = self.ask(f"{department}.zhifa1", "POST", "/inspections", 201, json={"visit": self.visit["uid"]})
            self.inspections[department] = opened["uid"]

    def inspectors_answer_the_criteria(self) -> None:
        for department, uid in self.inspections.items():
            sheet = self.ask(f"{department}.zhifa1", "GET", f"/inspections/{uid}")
            answers = [{"criterion": point["criterion"], "value": "conforms"} for point in sheet["points"]]
            if department == "scjg":
                answers[0]["value"] = "fails"
            self.ask(f"{department}.zhifa1", "PUT", f"/inspections/{uid}/answers", json={"answers": answers})

    def a_problem_is_recorded(self) -> None:
        uid = self.inspections["scjg"]
        point = self.ask("scjg.zhifa1", "GET", f"/inspections/{uid}")["points"][0]
        finding = {
            "criterion": point["criterion"],
            "facts": "3号加油机的检定标志已过期",
            "clause": "《中华人民共和国计量法》第九条",
            "disposition": "rectify_by_date",
            "demand": "停用3号加油机，检定合格后再使用",
        }
        saved = self.ask("scjg.zhifa1", "PUT", f"/inspections/{uid}/findings", json={"findings": [finding]})
        assert saved["findings"][0]["due"]

    def one_inspector_is_not_enough(self) -> None:
        uid = self.inspections["scjg"]
        refused = self.ask(
            "scjg.zhifa1", "POST", f"/inspections/{uid}/closing", 409, json=self.closing("scjg", people=1)
        )
        assert refused["code"]
        assert "两" in refused["title"] + refused.get("detail", "")

    def records_are_closed(self) -> None:
        for department, uid in self.inspections.items():
            self.everybody_signs(department, uid)
            closed = self._with_receipt(f"{department}.zhifa1", f"/inspections/{uid}/closing", self.closing(department))
            assert closed["state"] == "closed"
            for order in closed.get("rectifications", []):
                self.rectification = order["uid"]
        assert self.ask("xietiao", "GET", f"/visits/{self.visit['uid']}")["state"] in ("recorded", "closed")
        assert self.rectification

    def everybody_signs(self, department: str, uid: str) -> None:
        who = f"{department}.zhifa1"
        read = self.ask(who, "PUT", f"/inspections/{uid}/door", json=self.closing(department))
        for hand in signatures_wanted(read):
            self.ask(who, "POST", f"/inspections/{uid}/signatures", json=hand)

    def closing(self, department: str, people: int = 2) -> dict[str, Any]:
        """How a record ends: who was there, when, who signed."""
        short = {"scjg": "市场监管", "xfjy": "消防"}[department]
        part = next(part for part in self.visit["parts"] if short in part["short_name"])
        return {
            "present": [inspector["uid"] for inspector in part["inspectors"][:people]],
            "started_at": f"{self.visit['day']}T00:01:00+08:00",
            "ended_at": f"{self.visit['day']}T00:02:00+08:00",
            "signature": "signed",
            "signature_note": "值班经理",
        }

    def the_code_is_closed(self) -> None:
        page = httpx.get(self.address(self.scanned), timeout=60).text
        assert "已结束" in page
        assert self.visit["address"] not in page

    def the_result_is_published(self) -> None:
        self.ask("scjg.zhifa1", "POST", f"/inspections/{self.inspections['scjg']}/telling")
        self.ask("xietiao", "POST", "/releases/refresh", json={})
        page = httpx.get(f"{self.installation.url}/results/{MONTH}/", follow_redirects=True, timeout=60)
        assert page.status_code == 200
        assert self.visit["enterprise"] in page.text

    def the_log_has_grown_and_is_whole(self) -> None:
        def numbered() -> dict[str, Any] | None:
            status = self.ask("shenji", "GET", "/ledger/status")
            return status if status["pending"] == 0 else None

        self.installation.until(numbered)
        checked = self.installation.command("ledger", "verify", f"{self.installation.url}/log")
        size = int(httpx.get(f"{self.installation.url}/log/checkpoint").text.splitlines()[1])
        assert size > self.log_size
        assert str(size) in checked.stdout.replace(",", "")
        self.log_size = size

    def an_auditor_replays_the_inspection(self) -> None:
        timeline = self.ask("shenji", "GET", f"/visits/{self.visit['uid']}/timeline")
        actions = [line["action"] for line in timeline["lines"]]
        wanted = [
            "visit.proposed",
            "visit.confirmed",
            "visit.approved",
            "code.issued",
            "arrival.confirmed",
            "inspection.opened",
            "inspection.closed",
        ]
        places = [next(place for place, action in enumerate(actions) if action == one) for one in wanted]
        assert places == sorted(places)
        assert "rectification.ordered" in actions

    # -- small things --------------------------------------------------------------------------------------------------

    def live_url(self) -> str:
        """What a fresh scan reads: the code of the present slot, from the inspector's phone."""
        shown = self.ask("scjg.zhifa1", "GET", f"/codes/{self.code['uid']}/presentation")
        return str(shown["presentation"]["url"])

    def address(self, url: str) -> str:
        """The scanned address on this machine: scheme and host are case-insensitive, the path is answered in both."""
        return self.installation.url + url[len(self.installation.url) :]


STEPS: list[Callable[[Walk], None]] = [
    Walk.clerk_imports_a_spreadsheet,
    Walk.unsettled_cells_hold_the_plan_back,
    Walk.clerk_settles_and_submits,
    Walk.another_department_hands_in_a_csv,
    Walk.coordinator_reviews_files_and_publishes,
    Walk.objects_are_drawn,
    Walk.checks_are_made_and_filed,
    Walk.overlapping_checks_become_visits,
    Walk.departments_confirm,
    Walk.heads_approve,
    Walk.the_month_is_published,
    Walk.the_log_has_grown_and_is_whole,
    Walk.the_day_of_the_visit_comes,
    Walk.a_code_is_issued,
    Walk.the_printed_code_asks_for_the_live_one,
    Walk.the_inspector_shows_the_live_code,
    Walk.the_enterprise_scans_it,
    Walk.the_enterprise_confirms_the_arrival,
    Walk.inspectors_open_their_records,
    Walk.inspectors_answer_the_criteria,
    Walk.a_problem_is_recorded,
    Walk.one_inspector_is_not_enough,
    Walk.records_are_closed,
    Walk.the_code_is_closed,
    Walk.the_result_is_published,
    Walk.the_log_has_grown_and_is_whole,
    Walk.an_auditor_replays_the_inspection,
]


def decoded(picture: bytes) -> str:
    """Read the one QR code in a picture with zxing-cpp, which did not draw it."""
    found = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)).convert("L"))
    assert len(found) == 1
    return str(found[0].text)


def font_is_embedded(page: pypdf.PageObject) -> bool:
    """Say whether a page uses a font whose program is in the file."""
    fonts = page["/Resources"]["/Font"]
    for reference in fonts.values():
        font = reference.get_object()
        for child in font.get("/DescendantFonts", [font]):
            descriptor = child.get_object().get("/FontDescriptor")
            if descriptor is not None and "/FontFile2" in descriptor.get_object():
                return True
    return False
