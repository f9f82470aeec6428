"""Sending notices by e-mail: SMTP of the standard library, in a thread. Other channels are other `Send` functions."""

import asyncio
import smtplib
from email.message import EmailMessage
from urllib.parse import urlsplit

from inspect_registry.jobs.model import Notice, Send


class NoAddress(Exception):
    """The enterprise has no registered contact address."""


def message_of(notice: Notice, sender: str) -> EmailMessage:
    """Return the e-mail of a notice. Raises NoAddress; line breaks in an address or subject cannot add headers."""
    if "@" not in notice.address:
        raise NoAddress("no registered e-mail address")
    message = EmailMessage()
    message["From"] = sender
    message["To"] = " ".join(notice.address.split())
    message["Subject"] = " ".join(notice.subject.split())
    message["Message-ID"] = f"<{notice.uid}@{sender.rpartition('@')[2]}>"
    message.set_content(notice.body)
    return message


def smtp(url: str, sender: str) -> Send:
    """Return the way out through `smtp://host:port` or `smtps://user:password@host:port`."""
    parts = urlsplit(url)
    secure = parts.scheme == "smtps"

    def deliver(notice: Notice) -> None:
        message = message_of(notice, sender)
        kind = smtplib.SMTP_SSL if secure else smtplib.SMTP
        with kind(parts.hostname or "localhost", parts.port or (465 if secure else 25), timeout=10) as server:
            if parts.username:
                server.login(parts.username, parts.password or "")
            server.send_message(message)

    async def send(notice: Notice) -> None:
        await asyncio.to_thread(deliver, notice)

    return send
