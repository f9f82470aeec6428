"""The alarm: once for each change for the worse, once when all is well again; a mail server that is away stops nothing."""

from datetime import timedelta

import pytest

from inspect_registry.cli.ledger_watch import operator
from inspect_registry.jobs.model import Notice
from inspect_registry.ledger.alarm import Alarm
from inspect_registry.ledger.health import LedgerHealth, judge
from tests.receipt_builders import AT
from tests.unit.ledger.test_ledger_health import a_status


def late(seconds: int) -> LedgerHealth:
    return judge(a_status(pending=2, oldest_pending_at=AT - timedelta(seconds=seconds)), AT)


WELL, FROZEN = judge(a_status(), AT), judge(a_status(frozen="签名机拒绝签署"), AT)
UNWITNESSED = judge(a_status(witnessed_size=3), AT)


class Operator:
    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    async def tell(self, subject: str, words: str) -> None:
        self.told.append((subject, words))


async def test_each_change_is_told_once() -> None:
    operator = Operator()
    alarm = Alarm(operator.tell)
    for health in (WELL, late(60), UNWITNESSED, late(61), late(70), FROZEN, FROZEN, late(80), WELL, WELL, late(61)):
        await alarm.look(health)
    assert [subject for subject, _ in operator.told] == [
        "台账编号停滞", "台账已冻结", "台账编号停滞", "台账已恢复正常", "台账编号停滞",
    ]  # fmt: skip
    assert "已等待 61 秒" in operator.told[0][1]
    assert "签名机拒绝签署" in operator.told[1][1]


async def test_a_log_line_says_what_and_how_much(capsys: pytest.CaptureFixture[str]) -> None:
    await Alarm(Operator().tell).look(late(75))
    printed = capsys.readouterr()
    line = printed.out + printed.err
    for word in ("ledger alarm", "late", "75", "pending"):
        assert word in line


async def test_the_operator_gets_a_message_at_once_and_a_broken_mail_server_is_survived() -> None:
    sent: list[Notice] = []

    async def send(notice: Notice) -> None:
        sent.append(notice)

    async def broken(_notice: Notice) -> None:
        raise ConnectionRefusedError

    await operator("ops@example.gov.cn", send)("台账已冻结", "原因")
    assert [(one.address, one.subject, one.body, one.kind) for one in sent] == [
        ("ops@example.gov.cn", "台账已冻结", "原因", "alarm")
    ]
    await operator("ops@example.gov.cn", broken)("台账已冻结", "原因")
    await operator("", send)("台账已冻结", "原因")
    await operator("ops@example.gov.cn", None)("台账已冻结", "原因")
    assert len(sent) == 1
