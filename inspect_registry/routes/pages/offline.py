"""The installable verifier: a page, its script, its service worker and manifest; served as they are, no state."""

from functools import cache
from typing import Any

from litestar import Request, Response, get

from inspect_registry.routes.frame import open_to_all
from inspect_registry.routes.scan_pages import FOLDER, page

_CAMERA = "camera=(self), geolocation=(), microphone=(), payment=()"


@get("/offline", operation_id="offlinePage", guards=[open_to_all], include_in_schema=False)
async def offline(request: Request[Any, Any, Any]) -> Response[str]:
    """Show the verifier, which keeps itself for times without a network."""
    shown = page("offline.html", request.app.state.settings, scripted=True)
    shown.headers["permissions-policy"] = _CAMERA
    return shown


@get("/offline.js", operation_id="offlineScript", guards=[open_to_all], include_in_schema=False)
async def script() -> Response[bytes]:
    """Serve the verifier's script."""
    return _file("offline.js", "text/javascript; charset=utf-8")


@get("/offline-worker.js", operation_id="offlineWorker", guards=[open_to_all], include_in_schema=False)
async def worker() -> Response[bytes]:
    """Serve the service worker; it lies at the root so that it may answer scanned codes."""
    return _file("offline-worker.js", "text/javascript; charset=utf-8")


@get("/live.js", operation_id="liveScript", guards=[open_to_all], include_in_schema=False)
async def live_script() -> Response[bytes]:
    """Serve the script that renews the inspector's live code."""
    return _file("live.js", "text/javascript; charset=utf-8")


@get("/offline.webmanifest", operation_id="offlineManifest", guards=[open_to_all], include_in_schema=False)
async def manifest() -> Response[bytes]:
    """Serve the manifest that makes the page installable."""
    return _file("offline.webmanifest", "application/manifest+json")


@get("/verify_code.py", operation_id="singleFileVerifier", guards=[open_to_all], include_in_schema=False)
async def single_file() -> Response[bytes]:
    """Serve the verifier in one Python file."""
    return _file("verify_code.py", "text/x-python; charset=utf-8")


@cache
def _bytes(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def _file(name: str, media: str) -> Response[bytes]:
    return Response(_bytes(name), media_type=media, headers={"cache-control": "public, max-age=300"})


handlers = [offline, script, worker, live_script, manifest, single_file]
