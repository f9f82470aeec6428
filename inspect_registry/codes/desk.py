"""The desk: where tokens are signed for those who may show them, and answered for whoever scans them.

It holds the keys, the verdict reader and a small book of what it saw (scans, alarms), which it hands to the register in
batches, so that answering a scan never waits for a write. A made-up token costs no query at all.
Crash: at most the last second of scan counts is lost; alarms are raised again by the next scan.
"""

import asyncio
import contextlib
import itertools
import logging
from datetime import datetime
from pathlib import Path

import msgspec

from inspect_registry import ledger
from inspect_registry.actor import SYSTEM, Actor, Role
from inspect_registry.codes import arrivals, service
from inspect_registry.codes.check import Origin, TokenCheck, check_misfit, check_online
from inspect_registry.codes.errors import (
    ArrivalNeedsLiveCode,
    ArrivalWordWrong,
    CodeNotFound,
    WrongEnterprise,
)
from inspect_registry.codes.faces import FACES, Tone
from inspect_registry.codes.keyfiles import FollowedKeys
from inspect_registry.codes.keys import REVOCATIONS_FORMAT, KeyRing, Revocations, revoked_mark
from inspect_registry.codes.model import (
    Alarm,
    AlarmKind,
    ArrivalMethod,
    ArrivalView,
    CodeRow,
    NewReport,
    Page,
    Scan,
    VerdictRow,
)
from inspect_registry.codes.payload import PRINTED_SLOT, Token, code_id_of
from inspect_registry.codes.presenting import Issued, Presentation, present, present_printed, token_in
from inspect_registry.codes.reader import VerdictReader
from inspect_registry.codes.slots import SLOT_SECONDS, slot_at
from inspect_registry.codes.verdict import Judgement, Shown, Verdict, judge
from inspect_registry.codes.words import word_at, word_fits
from inspect_registry.db import Acting, Database
from inspect_registry.errors import RegistryError

CONFIRM_SECONDS = 600
"""How long after its slot a scanned token may still confirm an arrival: time to read the page and to type."""
MISFITS_PER_SECOND = 20
BOOK_MAX = 5000
FLUSH_SECONDS = 1.0
OVERDUE_EVERY = 600
"""Flushes between two looks for overdue back-fills."""
_LOG = logging.getLogger(__name__)


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan is told; the JSON verdict is this struct."""

    verdict: Verdict
    tone: Tone
    word: str
    word_en: str
    advice: str
    advice_en: str
    checked_at: datetime
    code: str
    """The code's number; empty when nothing is known of it."""
    shown: Shown
    visit: msgspec.Raw
    """The Page (codes/model.py) in full or masked; null when nothing is shown."""
    arrived_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""


_NOTHING = msgspec.Raw(b"null")


class CodeDesk:
    """Signs presentations, answers scans, confirms arrivals."""

    def __init__(self, keys: KeyRing, database: Database, reader: VerdictReader, *, base: str) -> None:
        """Take the keys, the register, the reader of verdicts, and the official address (PUBLIC_URL)."""
        self.keys = keys
        self.base = base
        self._database = database
        self._reader = reader
        self._scans: list[Scan] = []
        self._alarms: dict[Alarm, None] = {}
        self._misfits = (0, 0)
        self._followed: FollowedKeys | None = None
        self._task: asyncio.Task[None] | None = None

    def follow(self, folder: Path) -> None:
        """Take over new and withdrawn keys of this folder within a second, without a restart."""
        self._followed = FollowedKeys(folder)

    def take_over_keys(self) -> None:
        """Take over the folder's keys if they changed; keys that cannot be read leave the present ones in use."""
        try:
            changed = self._followed.changed() if self._followed else None
        except RegistryError as error:
            _LOG.error("couldn't read the code keys: %s %s", error.title, error.detail)
            return
        if changed is not None:
            self.keys = changed

    def start(self) -> None:
        """Begin to answer and to keep the book, in the running event loop."""
        self._reader.start()
        self._task = asyncio.create_task(self._keep_book(), name="code-desk")

    async def stop(self) -> None:
        """Write the book once more and stop."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self._reader.stop()
        with contextlib.suppress(Exception):
            await self.flush()

    def now(self) -> datetime:
        """Return the present instant."""
        return self._database.clock.now()

    async def answer(self, text: str, scanner: Actor) -> Answer:
        """Answer one scan. Raises VerdictUnavailable when the register does not answer in time."""
        now = self.now()
        check, row, judgement = await self._judged(text, scanner, now)
        if row is not None and check.payload is not None and len(self._scans) < BOOK_MAX:
            self._scans.append((row.code, now, judgement.verdict.value, check.payload.slot))
        face = FACES[judgement.verdict]
        page = {Shown.FULL: row.page, Shown.MASKED: row.masked}.get(judgement.shown) if row else None
        return Answer(
            verdict=judgement.verdict,
            tone=face.tone,
            word=face.word,
            word_en=face.word_en,
            advice=face.advice,
            advice_en=face.advice_en,
            checked_at=now,
            code=row.uid if row else "",
            shown=judgement.shown,
            visit=msgspec.Raw(page.encode()) if page else _NOTHING,
            arrived_at=judgement.arrived_at,
            ended_at=judgement.ended_at,
            reason=judgement.reason,
        )

    async def show(self, acting: Acting, uid: str) -> tuple[CodeRow, Presentation]:
        """Let an inspector show a code: the first showing inside its window is noted and told to the enterprise."""
        code = await service.code_to_present(acting, uid)
        if code.opened_at is None and code.opens_at <= self.now() < code.ends_at:
            await arrivals.open_code(Acting(acting.database, acting.actor), uid)
        return code, self.live(code)

    def live(self, code: CodeRow, *, ahead: int = 0) -> Presentation:
        """Sign a code for the present slot, to be shown on its inspector's phone."""
        return present(_issued(code), self.keys, self.now(), base=self.base, ahead=ahead)

    def printed(self, code: CodeRow) -> Presentation:
        """Sign a code for the printed notice."""
        return present_printed(_issued(code), self.keys, self.now(), base=self.base)

    def word(self, code: CodeRow) -> str:
        """Return the one-time word that the inspector's phone shows now."""
        return word_at(self.keys, code_id_of(code.uid), self.now())

    async def confirm_signed_in(self, acting: Acting, text: str) -> ArrivalView:
        """Confirm an arrival for the enterprise that is signed in."""
        check, row = await self._confirmable(text)
        if row.enterprise != acting.actor.enterprise:
            self._raise_alarm(AlarmKind.WRONG_ENTERPRISE, check.uid, acting.actor.enterprise)
            raise WrongEnterprise(rule="arrival-by-its-own-enterprise", remedy="请拒绝检查并报告。")
        return await arrivals.confirm_arrival(acting, check.uid, ArrivalMethod.ACCOUNT)

    async def confirm_with_word(self, text: str, typed: str) -> ArrivalView:
        """Confirm an arrival by the word from the inspector's phone, for somebody without an account.

        Token and word together stand for the enterprise the code is bound to, and for no other.
        """
        check, row = await self._confirmable(text)
        acting = self._database.acting(Actor(role=Role.ANONYMOUS, enterprise=row.enterprise))
        fits = word_fits(self.keys, code_id_of(check.uid), self.now(), typed)
        outcome = await arrivals.confirm_by_word(acting, check.uid, fits=fits)
        if outcome.arrival is None:
            raise ArrivalWordWrong(f"还可以再试 {outcome.left} 次。", remedy="请看执法人员手机上的六位数字。")
        return outcome.arrival

    async def page_of(self, text: str) -> Page | None:
        """Return in full what a token's page says, for whoever has just confirmed the arrival with it."""
        check, _token = check_online(text, self.keys, self.now())
        row = await self._reader.row(check.uid) if check.origin is Origin.REGISTRY else None
        return msgspec.json.decode(row.page, type=Page) if row else None

    async def report(self, acting: Acting, new: NewReport) -> str:
        """File a report from a door; a token that the registry made names its code and its enterprise."""
        check, _token = check_online(token_in(new.token), self.keys, self.now())
        row = await self._reader.row(check.uid) if check.origin is Origin.REGISTRY else None
        actor = acting.actor
        if row is not None and actor.role is Role.ANONYMOUS:
            actor = Actor(role=Role.ANONYMOUS, enterprise=row.enterprise)
        acting = Acting(acting.database, actor, acting.key if actor.person else "")
        return await arrivals.report(acting, new, row.uid if row else "", row.code if row else 0)

    async def promise(self, text: str, signer: ledger.SignerClient, origin: str) -> str:
        """Return the log's promise for the code of a scanned token. Raises CodeNotFound for any other text."""
        check, _token = check_online(token_in(text), self.keys, self.now())
        if check.origin is not Origin.REGISTRY:
            raise CodeNotFound
        return await service.promise(self._database.acting(SYSTEM), check.uid, signer, origin)

    async def revocations(self) -> Revocations:
        """Return the signed list of codes revoked before their window ended."""
        now = self.now().replace(microsecond=0)
        revoked, counter = await arrivals.revoked(self._database.acting(SYSTEM))
        marks = tuple(sorted(revoked_mark(code_id_of(uid)) for uid in revoked))
        plain = Revocations(format=REVOCATIONS_FORMAT, counter=counter, at=now, codes=marks)
        return plain.signed_by(self.keys.signer_at(now)[0])

    async def flush(self) -> None:
        """Hand what was seen to the register; what cannot be handed over now stays in the book."""
        scans, self._scans = self._scans, []
        alarms, self._alarms = self._alarms, {}
        if not scans and not alarms:
            return
        try:
            await arrivals.keep_book(self._database.acting(SYSTEM), scans, list(alarms))
        except Exception:
            self._scans = (scans + self._scans)[:BOOK_MAX]
            self._alarms = alarms | self._alarms
            raise

    async def _judged(
        self, text: str, scanner: Actor, now: datetime
    ) -> tuple[TokenCheck, VerdictRow | None, Judgement]:
        check, token = check_online(text, self.keys, now)
        if check.origin is not Origin.REGISTRY:
            self._look_for_stolen_key(token, now)
            return check, None, judge(check, None)
        row = await self._reader.row(check.uid)
        if row is None:
            self._raise_alarm(AlarmKind.UNREGISTERED_CODE, check.uid, 0)
            return check, None, judge(check, None)
        at_enterprise = row.enterprise == scanner.enterprise if scanner.role is Role.ENTERPRISE else None
        if at_enterprise is False:
            self._raise_alarm(AlarmKind.WRONG_ENTERPRISE, check.uid, scanner.enterprise)
        return check, row, judge(check, row, at_enterprise=at_enterprise)

    async def _confirmable(self, text: str) -> tuple[TokenCheck, VerdictRow]:
        now = self.now()
        check, _token = check_online(text, self.keys, now)
        slot = check.payload.slot if check.payload else PRINTED_SLOT
        row = await self._reader.row(check.uid) if check.origin is Origin.REGISTRY else None
        age = (slot_at(now) - slot) * SLOT_SECONDS
        if row is None or slot == PRINTED_SLOT or not 0 <= age <= CONFIRM_SECONDS:
            raise ArrivalNeedsLiveCode(
                "纸面上的码、截图、过期的码只供核对，不能确认到场。",
                rule="arrival-needs-live-code",
                basis="上海市检查码实施方案",
                remedy="请扫执法人员手机上的动态码后立即确认。",
            )
        return check, row

    def _look_for_stolen_key(self, token: Token | None, now: datetime) -> None:
        if token is None:
            return
        second, count = self._misfits
        self._misfits = (int(now.timestamp()), count + 1 if second == int(now.timestamp()) else 1)
        if self._misfits[1] > MISFITS_PER_SECOND:
            return
        check = check_misfit(token, self.keys.published, now)
        if check.origin is Origin.STOLEN_KEY:
            _LOG.critical("a valid signature that the registry never made: the signing key is stolen")
            self._raise_alarm(AlarmKind.STOLEN_KEY, check.uid, 0)

    def _raise_alarm(self, kind: AlarmKind, uid: str, scanner: int) -> None:
        if len(self._alarms) < BOOK_MAX:
            self._alarms[kind, uid, scanner] = None

    async def _keep_book(self) -> None:
        for turn in itertools.count():
            await asyncio.sleep(FLUSH_SECONDS)
            self.take_over_keys()
            try:
                await self.flush()
                if turn % OVERDUE_EVERY == 0:
                    await arrivals.raise_overdue(self._database.acting(SYSTEM))
            except Exception:  # noqa: BLE001 - it is logged, and the book is kept for the next try.
                _LOG.exception("couldn't write scans and alarms")


def _issued(code: CodeRow) -> Issued:
    return Issued(
        code_id=code_id_of(code.uid),
        starts=int(code.opens_at.timestamp()),
        ends=int(code.ends_at.timestamp()),
        enterprise=code.enterprise_commitment,
        premises=code.premises_commitment,
        bound=code.bound,
    )
