"""Story: the sequencer stands still. The worker, a process of its own, writes a log line and mails the operator."""

import json
import subprocess
import sys
from email import message_from_bytes
from email.header import decode_header, make_header
from pathlib import Path

import asyncpg

from inspect_registry.db import Database
from tests.conftest import Cluster
from tests.ledger_builders import append_some
from tests.ledger_processes import environment
from tests.mail_sink import Sink, a_mail_sink

PATIENCE = (
    240.0  # seconds; the worker looks every five, but the planner's core may have to be compiled before it starts
)


def worker(cluster: Cluster, name: str, var: Path, sink: Sink) -> "subprocess.Popen[str]":
    dsns = (cluster.dsn(name, role) for role in ("app", "sequencer", "auditor"))
    env = environment(var, *dsns, IR_SMTP_URL=sink.url, IR_ALARM_MAIL="ops@example.gov.cn")
    return subprocess.Popen(
        [sys.executable, "-m", "inspect_registry", "work"], env=env, stderr=subprocess.PIPE, text=True
    )


async def alarmed(cluster: Cluster, name: str, var: Path) -> tuple[str, str, list[dict[str, object]]]:
    """Run the worker until it has mailed; returns subject and words of the mail, and the log's alarm lines."""
    async with a_mail_sink() as sink:
        process = worker(cluster, name, var, sink)
        try:
            message = message_from_bytes(await sink.first(PATIENCE))
        finally:
            process.terminate()
            _, printed = process.communicate(timeout=30)
    assert message["To"] == "ops@example.gov.cn"
    lines = [json.loads(line) for line in printed.splitlines() if line.startswith("{")]
    words = message.get_payload(decode=True).decode()  # type: ignore[union-attr]
    subject = str(make_header(decode_header(message["Subject"])))
    return subject, words, [line for line in lines if line["event"] == "ledger alarm"]


async def test_acts_that_wait_too_long_reach_the_operator(
    database: Database, cluster: Cluster, database_name: str, tmp_path: Path
) -> None:
    await append_some(database, 3)  # By the tests' clock, which stands on an earlier day: they have waited long.
    subject, words, lines = await alarmed(cluster, database_name, tmp_path / "var")
    assert subject == "台账编号停滞"
    assert "共 3 件等待" in words
    assert [(line["level"], line["state"], line["pending"]) for line in lines] == [("error", "late", 3)]


async def test_a_frozen_ledger_reaches_the_operator_though_nothing_can_be_written(
    database: Database, cluster: Cluster, database_name: str, owner: asyncpg.Connection, tmp_path: Path
) -> None:
    await append_some(database, 1)
    await owner.execute("UPDATE ledger_head SET frozen = '签名机拒绝签署'")
    subject, words, lines = await alarmed(cluster, database_name, tmp_path / "var")
    assert subject == "台账已冻结"
    assert words.startswith("签名机拒绝签署")
    assert [line["state"] for line in lines] == ["frozen"]
