"""Pages that the program renders on request, in the frame of the public site; the public pages are publication's.

The templates live in public_site/ with the design system, escape by default and hold no rule.
"""

from functools import cache
from typing import Any

from litestar import MediaType, Request, Response

from inspect_registry.config import Settings
from inspect_registry.publication.rendering import NAVIGATION, Kit, load_kit


@cache
def _kit() -> Kit:
    return load_kit()


def render(template: str, settings: Settings, /, **context: Any) -> str:
    """Render a template of public_site/templates at the site's root."""
    site = {
        "region": settings.region,
        "district": settings.district,
        "publisher": settings.publisher,
        "hotline": "12345",
        "demo": settings.demo,
    }
    frame = {"root": "/", "top": "/", "index": "", "nav": NAVIGATION, "css": _kit().hashed("ir.css"), "site": site}
    return _kit().environment.render_template(template, **frame, **context)


def page(request: Request[Any, Any, Any], template: str, /, *, status: int = 200, **context: Any) -> Response[str]:
    """Answer with a page that nobody keeps."""
    html = render(template, request.app.state.settings, **context)
    return Response(html, status_code=status, media_type=MediaType.HTML, headers={"cache-control": "no-store"})
