"""`work`: the worker beside the web server: background jobs, notices by e-mail, the public site, housekeeping."""

import argparse
import asyncio
import contextlib
import signal

from inspect_registry.access.service import keep_house
from inspect_registry.app import application_dsn, clock_of, configure_logs
from inspect_registry.catalogue import care
from inspect_registry.cli import ledger_watch
from inspect_registry.codes import recall_work
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.keyfiles import key_ring
from inspect_registry.codes.model import CodeRow
from inspect_registry.codes.reader import VerdictReader
from inspect_registry.config import Settings, from_environment
from inspect_registry.db import Database
from inspect_registry.documents import print_work, printing
from inspect_registry.documents.model import Press
from inspect_registry.documents.wording import DEMO_WORDS
from inspect_registry.errors import RegistryError
from inspect_registry.fieldwork import escalation
from inspect_registry.jobs.mail import smtp
from inspect_registry.jobs.service import Worker
from inspect_registry.parent import end_with_parent
from inspect_registry.plans import month_orders
from inspect_registry.publication import service as publication
from inspect_registry.visits import merge_work
from inspect_registry.visits.withdrawing import RECALL_KIND

_HOUSEKEEPING_SECONDS = 600.0


def register(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command."""
    parser = commands.add_parser("work", help="处理后台任务、发送通知；可以运行几个")
    parser.add_argument("--with-parent", action="store_true", help="启动它的进程结束时随之结束")
    parser.set_defaults(run=_run)


def _run(arguments: argparse.Namespace) -> int:
    if arguments.with_parent:
        end_with_parent()
    configure_logs()
    asyncio.run(work(from_environment()))
    return 0


async def work(settings: Settings) -> None:
    """Work until told to stop."""
    database = await Database.open(
        application_dsn(settings), region=settings.region, size=3, clock=clock_of(settings),
        application_name="inspect-registry-worker", command_timeout=60,
    )  # fmt: skip
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    send = smtp(settings.smtp_url, settings.mail_sender) if settings.smtp_url else None
    works = {
        **merge_work.works(database),
        RECALL_KIND: recall_work.work(database),
        month_orders.KIND: month_orders.work(database),
        printing.KIND: print_work.work(database, settings.var / "prints", _press(settings, database)),
    }
    worker = Worker(database, works, send)
    try:
        publisher = publication.publishing(settings)
        await asyncio.gather(
            worker.run(stop),
            _keep_house(database, settings, stop),
            publication.keep_current(database, publisher, stop),
            *ledger_watch.tasks(settings, database, send, stop),
        )
    finally:
        await database.close()


def _press(settings: Settings, database: Database) -> Press:
    """Return what this installation adds to papers; the keys are read when the first notice is printed."""

    def printed(code: CodeRow) -> str:
        keys = key_ring(settings.var / "keys" / "codes")
        return CodeDesk(keys, database, VerdictReader(database), base=settings.public_url).printed(code).url

    return Press(base=settings.public_url, mark=DEMO_WORDS if settings.demo else "", printed=printed)


async def _keep_house(database: Database, settings: Settings, stop: asyncio.Event) -> None:
    while not stop.is_set():
        with contextlib.suppress(RegistryError):  # The database is away; the next round does it.
            await keep_house(database)
            await care.take_care(database, settings.keeper_mail)
            await escalation.look_after(database, settings.office_mail)
        try:
            await asyncio.wait_for(stop.wait(), _HOUSEKEEPING_SECONDS)
        except TimeoutError:
            continue
