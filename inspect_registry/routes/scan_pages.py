"""Renders the pages at the door: self-contained HTML with one hashed style and no script.

One request must be enough on a poor network, so the style stands in the page; the content security policy allows
exactly its hash and nothing else. Templates are in public_site/scan/.
"""

import base64
import hashlib
from functools import cache
from pathlib import Path
from typing import Any

import minijinja
from litestar import MediaType, Response

from inspect_registry.config import Settings

_SCRIPTS = "script-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; media-src 'self' blob:; "
FOLDER = Path(__file__).parent.parent.parent / "public_site" / "scan"


@cache
def _environment() -> minijinja.Environment:
    return minijinja.Environment(
        loader=minijinja.load_from_path([str(FOLDER)]), auto_escape_callback=lambda _name: "html"
    )


@cache
def _style() -> tuple[str, str]:
    css = (FOLDER / "scan.css").read_text("utf-8").strip()
    return css, base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()


@cache
def policy() -> str:
    """Return the content security policy of these pages."""
    return (
        f"default-src 'none'; style-src 'sha256-{_style()[1]}'; img-src data:; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    )


def page(name: str, settings: Settings, *, status: int = 200, scripted: bool = False, **context: Any) -> Response[str]:
    """Render one page; never cached, since a verdict is about this moment. `scripted` allows our own script files."""
    body = _environment().render_template(
        name,
        css=_style()[0],
        official=settings.public_url,
        site={"district": settings.district, "demo": settings.demo},
        **{"lang": "zh", **context},
    )
    allowed = _SCRIPTS + policy() if scripted else policy()
    headers = {"content-security-policy": allowed, "cache-control": "no-store"}
    return Response(body, status_code=status, media_type=MediaType.HTML, headers=headers)
