"""Settings: one frozen struct, from the environment only, each documented in docs/settings.md.

A wrong value stops the start with one line that names the variable.
"""

import os
import secrets
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path
from urllib.parse import urlsplit

import msgspec


class SettingError(Exception):
    """A setting is wrong; the message names the variable and what is accepted."""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """What an installation decides. The variable is the field's name in upper case, `IR_` before it unless noted."""

    var: Path = Path("var")
    """Folder for everything the program writes."""
    database_url: str = ""
    """`DATABASE_URL`: the application's role on a real server; empty = the embedded server under var/postgres."""
    database_owner_url: str = ""
    """`DATABASE_OWNER_URL`: a role that may create roles and the schema; used by `schema apply` only."""
    database_sequencer_url: str = ""
    """`DATABASE_SEQUENCER_URL`: the sequencer's role on a real server."""
    database_auditor_url: str = ""
    """`DATABASE_AUDITOR_URL`: the auditor's role on a real server."""
    public_url: str = "http://127.0.0.1:8000"
    """`PUBLIC_URL`: scheme and host that codes and pages carry."""
    host: str = "127.0.0.1"
    """`HOST`: address to listen on."""
    port: int = 8000
    """`PORT`: port to listen on."""
    demo: bool = False
    """Demo mode: /demo lists accounts; salts and codes of the demo data come from a seeded source."""
    demo_today: date | None = None
    """Demo mode only: the day that the demo takes place on, such as 2026-11-20; empty = the real one."""
    region: str = "310114"
    """Six digits of the district (GB/T 2260)."""
    district: str = "上海市嘉定区"
    """The district's name as pages and papers write it."""
    publisher: str = "上海市嘉定区司法局"
    """The office that publishes plans and results."""
    pool_size: int = 8
    """Database connections of one process."""
    connect_timeout: float = 3.0
    """Seconds to open a connection."""
    command_timeout: float = 5.0
    """Seconds for one statement of a request."""
    acquire_timeout: float = 2.0
    """Seconds to wait for a free connection before the answer is 503."""
    evidence_bucket: str = ""
    """`s3://bucket` or `s3://bucket/prefix` for evidence; keys and region from AWS_*; empty = var/evidence."""
    evidence_endpoint: str = ""
    """Address of an object store that speaks S3 and is not Amazon's own, such as https://objects.example."""
    smtp_url: str = ""
    """`smtp://host:port` or `smtps://user:password@host:port` for notices; empty = notices wait unsent."""
    mail_sender: str = "registry@localhost"
    """Sender address of notices."""
    keeper_mail: str = ""
    """Where the keeper of the catalogue is told about lists that are due for review; empty = no messages."""
    office_mail: str = ""
    """Where the coordinating office is told what departments did not do in time; empty = no messages."""
    alarm_mail: str = ""
    """Operator's address for alarms about the ledger; needs `smtp_url`; empty = log lines and metrics only."""
    stamp_authority: str = ""
    """http(s) address of an RFC 3161 authority that stamps each day's checkpoint; empty = no time stamps."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses whose X-Forwarded-For is believed, separated by commas."""
    allowed_hosts: tuple[str, ...] = ()
    """Host headers that are answered, with port; empty = the host of PUBLIC_URL and loopback."""
    secret: bytes = b""
    """Hex, 32 bytes or more: key of internal MACs (form tokens, anonymous counters); made at random when empty."""

    @property
    def secure(self) -> bool:
        """Say whether people reach us by https, so that cookies must be `__Host-`."""
        return self.public_url.startswith("https://")

    def role_url(self, role: str) -> str:
        """Return the address for one database role on a real server. Raises SettingError where it is not set."""
        url = {
            "app": self.database_url,
            "sequencer": self.database_sequencer_url,
            "auditor": self.database_auditor_url,
        }[role]
        if not url:
            raise SettingError(f"DATABASE_{role.upper()}_URL: needed on a real server")
        return url

    def role_passwords(self) -> dict[str, str]:
        """Return the passwords written in the addresses of the database roles."""
        return {role: urlsplit(self.role_url(role)).password or "" for role in ("app", "sequencer", "auditor")}


_UNPREFIXED = {
    "database_url",
    "database_owner_url",
    "database_sequencer_url",
    "database_auditor_url",
    "public_url",
    "host",
    "port",
}


def variable(field: str) -> str:
    """Return the environment variable of a settings field."""
    return field.upper() if field in _UNPREFIXED else f"IR_{field.upper()}"


def from_environment(environ: Mapping[str, str] = os.environ, **fixed: object) -> Settings:
    """Read the settings; `fixed` fields win over the environment. Raises SettingError."""
    values: dict[str, object] = {}
    for field in msgspec.structs.fields(Settings):
        if field.name in fixed:
            values[field.name] = fixed[field.name]
            continue
        text = environ.get(variable(field.name), "").strip()
        if text:
            values[field.name] = _parse(variable(field.name), field.type, text)
    settings = Settings(**values)  # type: ignore[arg-type]  # each value was parsed to its field's type above
    return _checked(settings)


_READERS: dict[object, Callable[[str], object]] = {
    bytes: bytes.fromhex,
    Path: Path,
    date | None: date.fromisoformat,
    bool: lambda text: {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[text.lower()],
    str: str,
    int: int,
    float: float,
    tuple[str, ...]: lambda text: tuple(part.strip() for part in text.split(",") if part.strip()),
}


def _parse(name: str, kind: object, text: str) -> object:
    try:
        return _READERS[kind](text)
    except (ValueError, KeyError) as error:
        raise SettingError(f"{name}: cannot read {text!r}") from error


def _checked(settings: Settings) -> Settings:
    url = urlsplit(settings.public_url)
    if url.scheme not in ("http", "https") or not url.hostname or url.path not in ("", "/"):
        raise SettingError(f"PUBLIC_URL: needs scheme and host only, not {settings.public_url!r}")
    if len(settings.region) != 6 or not settings.region.isdigit():
        raise SettingError(f"IR_REGION: needs six digits, not {settings.region!r}")
    if settings.secret and len(settings.secret) < 32:
        raise SettingError("IR_SECRET: needs at least 32 bytes in hex")
    if not 1 <= settings.port <= 65535:
        raise SettingError(f"PORT: needs 1 to 65535, not {settings.port}")
    if settings.stamp_authority and urlsplit(settings.stamp_authority).scheme not in ("http", "https"):
        raise SettingError(f"IR_STAMP_AUTHORITY: needs an http(s) address, not {settings.stamp_authority!r}")
    bucket = urlsplit(settings.evidence_bucket)
    if settings.evidence_bucket and (bucket.scheme != "s3" or not bucket.netloc):
        raise SettingError(
            f"IR_EVIDENCE_BUCKET: needs s3://bucket or s3://bucket/prefix, not {settings.evidence_bucket!r}"
        )
    if settings.evidence_endpoint and urlsplit(settings.evidence_endpoint).scheme not in ("http", "https"):
        raise SettingError(f"IR_EVIDENCE_ENDPOINT: needs http or https, not {settings.evidence_endpoint!r}")
    if settings.demo_today and not settings.demo:
        raise SettingError("IR_DEMO_TODAY: only a demo may take place on another day; set IR_DEMO as well")
    secret = settings.secret or secrets.token_bytes(32)
    return msgspec.structs.replace(settings, public_url=settings.public_url.rstrip("/"), secret=secret)
