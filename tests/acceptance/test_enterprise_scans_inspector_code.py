"""A keeper scans the inspector's phone: from the QR's own address to the confirmed arrival, over HTTP, without a script."""

import io
import re
from collections.abc import AsyncIterator
from datetime import timedelta

import asyncpg
import pytest
import pytest_asyncio
import zxingcpp
from PIL import Image

from inspect_registry.clock import SetClock
from inspect_registry.codes.errors import VerdictUnavailable
from inspect_registry.codes.qr import png_of
from inspect_registry.db import Database
from tests.code_door import Door, a_door, path_of


@pytest_asyncio.fixture
async def door(database: Database, owner: asyncpg.Connection) -> AsyncIterator[Door]:
    async with a_door(database, owner) as opened:
        yield opened


async def test_the_qr_opens_a_page_that_names_the_shop_before_it_says_valid(door: Door) -> None:
    picture = Image.open(io.BytesIO(png_of(door.desk.live(door.code).url)))
    url = zxingcpp.read_barcodes(picture.convert("L"))[0].text
    assert url.startswith("HTTP://127.0.0.1:8000/C/")
    answer = await door.scan(url)
    assert answer.status_code == 200
    page = answer.text
    assert page.index("上海嘉定小馆餐饮有限公司") < page.index("塔城路56号") < page.index("有效")
    for words in (
        "张伟", "31011400001", "李娜", "餐饮服务食品安全检查", "从业人员持有效健康证明",
        "《中华人民共和国食品安全法》第一百一十条", "第 1 次检查，上限 4 次", "嘉检备〔2026〕12号", "五个严禁",
        "任何人不得以检查为名向您要钱", "12345", "申请回避",
    ):  # fmt: skip
        assert words in page, words


async def test_the_page_is_one_small_request_without_script_or_tracking(door: Door) -> None:
    answer = await door.scan()
    assert len(answer.content) < 40_000
    assert "<script" not in answer.text
    assert re.findall(r'(?:src|href)="(?!#|\?|data:)([^"]+)"', answer.text) == []
    assert "set-cookie" not in answer.headers
    policy = answer.headers["content-security-policy"]
    assert "unsafe-inline" not in policy
    assert "script-src" not in policy
    assert answer.headers["cache-control"] == "no-store"


async def test_an_english_reader_is_served(door: Door) -> None:
    page = (await door.scan(lang="en")).text
    assert '<html lang="en">' in page
    assert "Valid" in page
    assert "Nobody may ask you for money" in page


async def test_lower_case_and_upper_case_open_the_same_page(door: Door) -> None:
    token = door.desk.live(door.code).token
    for path in (f"/C/{token}", f"/c/{token.lower()}", f"/c/{token}"):
        assert 'data-verdict="valid"' in (await door.client.get(path)).text


async def test_strangers_before_and_after_see_no_names(door: Door, clock: SetClock) -> None:
    clock.advance(timedelta(days=-1))
    before = (await door.scan()).text
    clock.advance(timedelta(days=2))
    after = (await door.scan()).text
    for page, verdict in ((before, "not_yet"), (after, "expired")):
        assert f'data-verdict="{verdict}"' in page
        for secret in ("张伟", "李娜", "31011400001", "嘉定小馆", "56号"):
            assert secret not in page


async def test_forged_malformed_and_unknown_codes_look_alike(door: Door) -> None:
    token = door.desk.live(door.code).token
    pages = {
        re.sub(r"\d\d:\d\d:\d\d", "", (await door.client.get(f"/c/{text}")).text)
        for text in (
            token[:-1] + ("A" if token[-1] != "A" else "B"),
            "A" * 224,
            "x",
            token[:100],
            "%00",
            "中文",
            "a" * 3000,
        )
    }
    assert len(pages) == 1
    assert "查无此码，可能是伪造" in pages.pop()


async def test_the_keeper_confirms_with_the_word_and_only_once(door: Door, owner: asyncpg.Connection) -> None:
    token, word = door.desk.live(door.code).token, door.desk.word(door.code)
    form = f"/c/{token}/arrival"
    wrong = await door.client.post(form, data={"word": "12" + word[:4]})
    assert wrong.status_code == 409
    assert "到场口令不对" in wrong.text
    done = await door.client.post(form, data={"word": word})
    assert (done.status_code, "到场已确认" in done.text) == (200, True)
    again = await door.client.post(form, data={"word": word})
    assert (again.status_code, "已经核验过到场" in again.text) == (409, True)
    assert await owner.fetchval("SELECT method FROM arrival") == "word"
    page = (await door.scan()).text
    assert "现场已核验" in page
    assert "确认到场</button>" not in page


async def test_a_wrong_word_may_be_typed_again_at_once_and_full_width_digits_count(door: Door) -> None:
    token, word = door.desk.live(door.code).token, door.desk.word(door.code)
    wrong = await door.client.post(f"/c/{token}/arrival", data={"word": "12" + word[:4]})
    assert f'action="/c/{token}/arrival"' in wrong.text, "the form comes back; nobody has to scan again"
    assert 'name="word"' in wrong.text
    done = await door.client.post(f"/c/{token}/arrival", data={"word": "".join(chr(ord(one) + 0xFEE0) for one in word)})
    assert "到场已确认" in done.text
    page = (await door.scan()).text
    points = re.findall(r"<li>([^<]+)</li>", done.text)
    assert points, "what may be checked stays before the eyes"
    assert all(f"<li>{point}</li>" in page for point in points)
    gone = await door.client.post(f"/c/{token}/arrival", data={"word": word})
    assert 'name="word"' not in gone.text, "what cannot succeed is not offered again"


async def test_paper_asks_for_the_live_code_and_offers_no_confirmation(door: Door) -> None:
    page = (await door.scan(door.desk.printed(door.code).url)).text
    assert 'data-verdict="printed"' in page
    assert "确认到场</button>" not in page
    token = door.desk.printed(door.code).token
    refused = await door.client.post(f"/c/{token}/arrival", data={"word": door.desk.word(door.code)})
    assert refused.status_code == 409


async def test_a_report_takes_two_taps_and_no_name(door: Door, owner: asyncpg.Connection) -> None:
    token = door.desk.live(door.code).token
    filed = await door.client.post("/report", data={"kind": "other_person", "token": token})
    assert filed.status_code == 201
    without = await door.client.post("/report", data={"kind": "no_code", "place": "南翔某店"})
    assert without.status_code == 201
    assert [row[0] for row in await owner.fetch("SELECT kind FROM report ORDER BY id")] == ["other_person", "no_code"]
    assert (await door.client.get("/report")).status_code == 200


async def test_the_json_verdict_says_the_same(door: Door) -> None:
    answer = (await door.client.get(f"/api/v1/verdicts/{door.desk.live(door.code).token}")).json()
    assert (answer["verdict"], answer["shown"], answer["code"]) == ("valid", "full", door.code.uid)
    assert answer["visit"]["enterprise"] == "上海嘉定小馆餐饮有限公司"
    forged = (await door.client.get(f"/api/v1/verdicts/{'A' * 224}")).json()
    assert (forged["verdict"], forged["visit"], forged["code"]) == ("unknown", None, "")


async def test_arrivals_and_reports_work_over_json_too(door: Door) -> None:
    token = door.desk.live(door.code).token
    refused = await door.client.post("/api/v1/arrivals", json={"token": token, "word": "x"})
    assert (refused.status_code, refused.json()["code"]) == (409, "arrival-word-wrong")
    done = await door.client.post("/api/v1/arrivals", json={"token": token, "word": door.desk.word(door.code)})
    assert (done.status_code, done.json()["method"]) == (201, "word")
    filed = await door.client.post("/api/v1/reports", json={"kind": "money", "token": token})
    assert filed.status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        {"kind": "nonsense"},
        {},
        {"kind": "money", "unknown": 1},
        {"kind": "money", "text": "长" * 2001},
        [],
        "x",
        {"kind": 2**70},
    ],
)
async def test_bad_reports_are_refused_with_a_clear_answer(door: Door, body: object) -> None:
    refused = await door.client.post("/api/v1/reports", json=body)
    assert 400 <= refused.status_code < 500
    assert refused.json()["code"]


@pytest.mark.parametrize("path", ["/api/v1/codes/today", "/api/v1/reports", "/inspector/codes", "/inspector/codes/x"])
async def test_what_is_not_public_needs_a_sign_in(door: Door, path: str) -> None:
    assert (await door.client.get(path)).status_code == 401


async def test_keys_and_revocations_are_published(door: Door) -> None:
    keys = (await door.client.get("/.well-known/inspection-code-keys.json")).json()
    assert keys["format"] == "inspection-code-keys/1"
    assert "secret" not in str(keys)
    listed = (await door.client.get("/.well-known/inspection-code-revocations.json")).json()
    assert (listed["format"], listed["counter"], listed["codes"]) == ("inspection-code-revocations/1", 0, [])


async def test_a_dead_register_gives_advice_and_never_the_word_valid(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def dead(_uid: str) -> None:
        raise VerdictUnavailable

    monkeypatch.setattr(door.desk._reader, "row", dead)
    answer = await door.scan()
    assert answer.status_code == 503
    assert "不要当作已核验" in answer.text
    assert "有效" not in answer.text
    json_answer = await door.client.get(f"/api/v1/verdicts/{door.desk.live(door.code).token}")
    assert (json_answer.status_code, json_answer.json()["code"]) == (503, "code-verdict-unavailable")


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1:8000.evil.example"])
async def test_a_foreign_host_is_neither_answered_nor_reflected(door: Door, host: str) -> None:
    answer = await door.client.get(path_of(door.desk.live(door.code).url), headers={"host": host})
    assert answer.status_code == 421
    forwarded = await door.client.get(
        path_of(door.desk.live(door.code).url), headers={"x-forwarded-host": host}, params={"next": f"//{host}"}
    )
    assert host not in forwarded.text
    assert door.desk.live(door.code).url.startswith("HTTP://127.0.0.1:8000/C/")
