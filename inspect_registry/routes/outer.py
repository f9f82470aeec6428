"""The outermost ASGI layer: what must hold for every answer, also for addresses that do not exist.

The framework's own middleware does not run for unmatched routes (measured: docs/adr/0001), so these live outside it:
host check, rate limit, cross-site check, media types, security headers. Order matters and is the order in `__call__`.
"""

import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

import msgspec

from inspect_registry.access.networks import network_of
from inspect_registry.config import Settings

_SAFE = {"GET", "HEAD", "OPTIONS"}
_KNOWN = _SAFE | {"POST", "PUT", "PATCH", "DELETE"}
_JSON = ("application/json",)
_FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
DEFAULT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",  # with no-referrer a browser calls the origin of our own forms "null"
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"permissions-policy": b"geolocation=(), microphone=(), payment=()",
}
READS_PER_MINUTE = 6000
"""Requests of one network (/24, /64) in one process; generous, because thousands may share an address (CGNAT)."""
WRITES_PER_MINUTE = 600


class Outer:
    """Wraps the application."""

    def __init__(self, app: Any, settings: Settings) -> None:
        self._app = app
        self._settings = settings
        self._hosts = _hosts(settings)
        self._buckets = Buckets()

    async def __call__(self, scope: dict[str, Any], receive: Any, send: Any) -> None:
        """Check, pass on, and dress the answer."""
        if scope["type"] != "http":
            if scope["type"] == "websocket":
                await send({"type": "websocket.close", "code": 1000})
                return
            await self._app(scope, receive, send)
            return
        headers = _headers(scope)
        scope["client"] = (client_address(scope, headers, self._settings.trusted_proxies), 0)
        refusal = self._refusal(scope, headers)
        dressed = _dress(send, secure=self._settings.secure, path=scope["path"])
        if refusal is not None:
            await _refuse(dressed, *refusal)
            return
        await self._app(scope, receive, dressed)

    def _refusal(self, scope: dict[str, Any], headers: Mapping[bytes, bytes]) -> tuple[int, str, str] | None:
        method = scope["method"]
        if method not in _KNOWN:
            return 405, "method-not-allowed", "不支持此种请求方法"
        if headers.get(b"host", b"").decode("latin-1").lower() not in self._hosts:
            return 421, "unknown-host", "不是本站的地址"
        limit = READS_PER_MINUTE if method in _SAFE else WRITES_PER_MINUTE
        if not self._buckets.take(f"{method in _SAFE}:{network_of(scope['client'][0])}", limit):
            return 429, "too-many-requests", "请求过于频繁，请稍后再试"
        if method in _SAFE:
            return None
        return self._cross_site(headers) or _wrong_media(scope["path"], headers)

    def _cross_site(self, headers: Mapping[bytes, bytes]) -> tuple[int, str, str] | None:
        """Refuse a write that a browser sends with our cookie from another site.

        A bearer token is never sent by itself, so it needs no check. A cookie needs a proof of origin: the browser's
        own word (Sec-Fetch-Site), else an Origin that is ours. Where a browser names another origin, or none of ours,
        a request without a cookie is refused, too: nobody is to be signed in by another site as somebody else.
        """
        site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin", b"").decode("latin-1")
        if site in (b"same-origin", b"none"):
            return None
        if site is None and origin and _netloc(origin) in self._hosts:
            return None
        if b"sid=" not in headers.get(b"cookie", b"") and site != b"cross-site" and not origin:
            return None
        return 403, "cross-site", "请求来自其他网站，已拒绝"


class Buckets:
    """Token buckets of one process, refilled evenly; the number of buckets is bounded."""

    def __init__(self, most: int = 20_000) -> None:
        self._most = most
        self._levels: dict[str, tuple[float, float]] = {}

    def take(self, key: str, per_minute: int) -> bool:
        """Take one token, or say that there is none."""
        now = time.monotonic()
        level, since = self._levels.get(key, (float(per_minute), now))
        level = min(float(per_minute), level + (now - since) * per_minute / 60)
        if level < 1:
            self._levels[key] = (level, now)
            return False
        if key not in self._levels and len(self._levels) >= self._most:
            self._levels.pop(next(iter(self._levels)))
        self._levels[key] = (level - 1, now)
        return True


def client_address(scope: Mapping[str, Any], headers: Mapping[bytes, bytes], proxies: tuple[str, ...]) -> str:
    """Return the address of who asks; X-Forwarded-For counts only behind a proxy we were told of."""
    direct = (scope.get("client") or ("", 0))[0]
    if direct in proxies:
        last = headers.get(b"x-forwarded-for", b"").decode("latin-1").rpartition(",")[2].strip()
        return last or direct
    return direct


def _netloc(origin: str) -> str:
    """Return host and port of an Origin header; empty for what is none, `null` among them."""
    try:
        return urlsplit(origin).netloc.lower()
    except ValueError:
        return ""


def _hosts(settings: Settings) -> frozenset[str]:
    if settings.allowed_hosts:
        return frozenset(host.lower() for host in settings.allowed_hosts)
    port = settings.port
    hosts = {urlsplit(settings.public_url).netloc.lower(), f"127.0.0.1:{port}", f"localhost:{port}", f"[::1]:{port}"}
    return frozenset(hosts)


def _headers(scope: Mapping[str, Any]) -> dict[bytes, bytes]:
    """Return every header once; HTTP/2 may split one Cookie into many, and each may be ours."""
    out: dict[bytes, bytes] = {}
    for name, value in scope["headers"]:
        key = name.lower()
        out[key] = out[key] + b"; " + value if key == b"cookie" and key in out else value
    return out


def _wrong_media(path: str, headers: Mapping[bytes, bytes]) -> tuple[int, str, str] | None:
    if headers.get(b"content-length", b"0") == b"0" and b"transfer-encoding" not in headers:
        return None
    media = headers.get(b"content-type", b"").decode("latin-1").partition(";")[0].strip().lower()
    allowed = (*_JSON, "multipart/form-data", "application/octet-stream") if path.startswith("/api/") else _FORMS
    return None if media in allowed else (415, "unsupported-media-type", "请求内容的类型不受支持")


def _dress(send: Any, *, secure: bool, path: str) -> Any:
    async def dressed(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            present = {name.lower() for name, _ in message["headers"]}
            extra = [(name, value) for name, value in _HEADERS.items() if name not in present]
            if b"content-security-policy" not in present:
                extra.append((b"content-security-policy", DEFAULT_POLICY.encode()))
            if b"cache-control" not in present and (path.startswith("/api/") or message["status"] >= 400):
                extra.append((b"cache-control", b"no-store"))
            if secure:
                extra.append((b"strict-transport-security", b"max-age=31536000; includeSubDomains"))
            message = {**message, "headers": [*message["headers"], *extra]}
        await send(message)

    return dressed


async def _refuse(send: Any, status: int, code: str, title: str) -> None:
    body = msgspec.json.encode({"type": "about:blank", "title": title, "status": status, "code": code})
    headers = [(b"content-type", b"application/problem+json"), (b"content-length", str(len(body)).encode())]
    if status == 429:
        headers.append((b"retry-after", b"10"))
    if status == 405:
        headers.append((b"allow", b"GET, HEAD, POST, PUT, PATCH, DELETE"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
