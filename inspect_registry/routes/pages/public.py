"""The public site, served by the program itself as any web server would: files, validators, compression, no database.

A reader's path is only looked up among the names of the release in force (publication.site), never joined to a folder.
"""

from typing import Any

from litestar import HttpMethod, MediaType, Request, Response, route
from litestar.status_codes import HTTP_301_MOVED_PERMANENTLY, HTTP_304_NOT_MODIFIED, HTTP_404_NOT_FOUND

from inspect_registry.publication.site import Moved, Page, PublicSite
from inspect_registry.routes.frame import open_to_all

ROOMS = ("plans", "results", "draws", "departments", "matters", "help", "lists", "measures", "data", "assets", "en")
"""First parts of public addresses; /log/ belongs to the ledger, the rest to signed-in pages."""
PATHS = [
    "/",
    "/index.html",
    "/manifest.json",
    "/feed.xml",
    *(f"/{room}{rest}" for room in ROOMS for rest in ("", "/{rest:path}")),
]


def public_site(request: Request[Any, Any, Any]) -> PublicSite:
    """Return this process's reader of the site."""
    state = request.app.state
    if "public_site" not in state:
        state["public_site"] = PublicSite(state.settings.var / "public")
    return state["public_site"]  # type: ignore[no-any-return]  # put there above


@route(
    PATHS,
    http_method=[HttpMethod.GET, HttpMethod.HEAD],
    guards=[open_to_all],
    sync_to_thread=False,
    include_in_schema=False,
    actorless=True,
)
def serve(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Answer with a public file, 304 for a reader who has it, 301 for a folder without its slash, or 404."""
    site = public_site(request)
    path = request.scope.get("raw_path", b"").split(b"?")[0].decode("latin-1").removeprefix("/")
    found = site.find(path)
    if isinstance(found, Moved):
        return Response(b"", status_code=HTTP_301_MOVED_PERMANENTLY, headers={"location": found.location})
    if found is None:
        return _missing(site)
    return _answer(request, found)


def _answer(request: Request[Any, Any, Any], page: Page) -> Response[bytes]:
    headers = {"etag": page.etag, "cache-control": page.cache, "vary": "accept-encoding"}
    if page.data:
        headers["access-control-allow-origin"] = "*"
    known = request.headers.get("if-none-match", "")
    if known and (known == "*" or page.etag in (tag.strip().removeprefix("W/") for tag in known.split(","))):
        return Response(b"", status_code=HTTP_304_NOT_MODIFIED, headers=headers)
    content = page.content
    if page.compressed is not None and accepts_gzip(request.headers.get("accept-encoding", "")):
        headers["content-encoding"] = "gzip"
        content = page.compressed
    headers["content-length"] = str(len(content))
    if request.method == "HEAD":
        content = b""
    return Response(content, status_code=200, media_type=page.media_type, headers=headers)


def accepts_gzip(header: str) -> bool:
    """Say whether a reader takes gzip (RFC 9110 12.5.3): named, or by *, with a weight above 0."""
    weights: dict[str, bool] = {}
    for part in header.lower().split(","):
        coding, _, weight = part.partition(";")
        try:
            weights[coding.strip()] = float(weight.strip().removeprefix("q=") or 1) > 0
        except ValueError:
            weights[coding.strip()] = False
    return weights.get("gzip", weights.get("*", False))


def _missing(site: PublicSite) -> Response[bytes]:
    page = site.find("404.html")
    headers = {"cache-control": "no-cache"}
    if isinstance(page, Page):
        return Response(page.content, status_code=HTTP_404_NOT_FOUND, media_type=page.media_type, headers=headers)
    text = "还没有公布任何内容。".encode()
    return Response(text, status_code=HTTP_404_NOT_FOUND, media_type=MediaType.TEXT, headers=headers)


handlers = [serve]
