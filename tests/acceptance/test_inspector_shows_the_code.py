"""The inspector's phone: sign in, today's list, the live code that renews itself, the word; and who may not see it."""

import re
from collections.abc import AsyncIterator

import asyncpg
import pytest_asyncio

from inspect_registry.access import service as access
from inspect_registry.access.model import NewPerson
from inspect_registry.actor import SYSTEM, Role
from inspect_registry.db import Database
from tests.code_door import Door, a_door

PASSWORD = "a long enough password"


@pytest_asyncio.fixture
async def door(database: Database, owner: asyncpg.Connection) -> AsyncIterator[Door]:
    async with a_door(database, owner) as opened:
        world = opened.world
        people = [
            NewPerson(account="zhang", name="张伟", password=PASSWORD, role=Role.INSPECTOR, department=world.department,
                      inspector=world.inspectors[0]),
            NewPerson(account="wang", name="王芳", password=PASSWORD, role=Role.INSPECTOR, department=world.department,
                      inspector=world.inspectors[2]),
            NewPerson(account="shop", name="店长", password=PASSWORD, role=Role.ENTERPRISE, enterprise=world.enterprise),
            NewPerson(account="other", name="别家", password=PASSWORD, role=Role.ENTERPRISE,
                      enterprise=world.other_enterprise),
        ]  # fmt: skip
        await access.add_people(database.acting(SYSTEM), people, quick=True)
        yield opened


async def signed_in(door: Door, account: str) -> dict[str, str]:
    """Return the header of somebody who has signed in."""
    answer = await door.client.post("/api/v1/session", json={"account": account, "password": PASSWORD})
    assert answer.status_code == 201, answer.text
    return {"authorization": f"Bearer {answer.json()['token']}"}


async def test_the_phone_lists_and_shows_todays_code_and_the_keeper_confirms_with_its_word(door: Door) -> None:
    phone = await signed_in(door, "zhang")
    listed = await door.client.get("/inspector/codes", headers=phone)
    assert f"/inspector/codes/{door.code.uid}" in listed.text
    page = (await door.client.get(f"/inspector/codes/{door.code.uid}", headers=phone)).text
    assert '<meta http-equiv="refresh" content="10">' in page
    assert "上海嘉定小馆餐饮有限公司" in page
    word = re.search(r'class="ir-word">(\d{6})<', page).group(1)
    live = (await door.client.get(f"/api/v1/codes/{door.code.uid}/presentation", headers=phone)).json()
    assert live["word"] == word
    done = await door.client.post(f"/c/{live['presentation']['token']}/arrival", data={"word": word})
    assert "到场已确认" in done.text
    page = (await door.client.get(f"/inspector/codes/{door.code.uid}", headers=phone)).text
    assert "企业已确认到场" in page
    assert "ir-word" not in re.sub(r"<style>.*</style>", "", page, flags=re.DOTALL)


async def test_todays_list_leads_to_the_code_first_and_to_the_record_after_the_arrival(door: Door) -> None:
    phone, keeper = await signed_in(door, "zhang"), await signed_in(door, "shop")
    before = (await door.client.get("/inspector/visits", headers=phone)).text
    assert f'href="/inspector/codes/{door.code.uid}"' in before
    assert "企业没有确认到场" in before
    await door.client.post("/api/v1/arrivals", json={"token": door.desk.live(door.code).token}, headers=keeper)
    after = (await door.client.get("/inspector/visits", headers=phone)).text
    assert "企业已确认到场" in after
    assert "late_reason" not in after, "no excuse is asked for what happened"


async def test_a_colleague_who_does_not_go_cannot_show_it(door: Door) -> None:
    colleague = await signed_in(door, "wang")
    assert door.code.uid not in (await door.client.get("/inspector/codes", headers=colleague)).text
    for path in (f"/inspector/codes/{door.code.uid}", f"/api/v1/codes/{door.code.uid}/live.svg"):
        assert (await door.client.get(path, headers=colleague)).status_code == 403
    assert (await door.client.get("/inspector/codes/aaaaaaaaaaaaaaaaaaaaaaaaaa", headers=colleague)).status_code == 404


async def test_a_keeper_who_is_signed_in_confirms_without_a_word_and_a_stranger_turns_red(door: Door) -> None:
    stranger, keeper = await signed_in(door, "other"), await signed_in(door, "shop")
    token = door.desk.live(door.code).token
    red = (await door.client.get(f"/c/{token}", headers=stranger)).text
    assert 'data-verdict="wrong_enterprise"' in red
    assert "嘉定小馆" not in red
    refused = await door.client.post("/api/v1/arrivals", json={"token": token}, headers=stranger)
    assert (refused.status_code, refused.json()["code"]) == (409, "code-wrong-enterprise")
    page = (await door.client.get(f"/c/{token}", headers=keeper)).text
    assert "您已用企业账号登录" in page
    done = await door.client.post("/api/v1/arrivals", json={"token": token}, headers=keeper)
    assert (done.status_code, done.json()["method"]) == (201, "account")


async def test_the_pictures_are_drawn_for_those_who_may(door: Door) -> None:
    phone = await signed_in(door, "zhang")
    svg = await door.client.get(f"/api/v1/codes/{door.code.uid}/live.svg", headers=phone)
    assert (svg.status_code, svg.headers["content-type"].split(";")[0]) == (200, "image/svg+xml")
    assert svg.headers["cache-control"] == "no-store"
    png = await door.client.get(f"/api/v1/codes/{door.code.uid}/printed.png", headers=phone)
    assert png.content.startswith(b"\x89PNG")
    keeper = await signed_in(door, "other")
    assert (await door.client.get(f"/api/v1/codes/{door.code.uid}/printed.png", headers=keeper)).status_code == 404


async def test_an_enterprises_own_code_confirms_from_the_inspectors_side(door: Door) -> None:
    phone = await signed_in(door, "zhang")
    path = f"/api/v1/codes/{door.code.uid}/arrival"
    wrong = await door.client.post(path, json={"identifier": "91310114MA1GT0XJ8A"}, headers=phone)
    assert (wrong.status_code, wrong.json()["code"]) == (409, "code-wrong-enterprise")
    done = await door.client.post(path, json={"identifier": "91310114MA1GT0XJ7C"}, headers=phone)
    assert (done.status_code, done.json()["method"]) == (201, "enterprise_code")
