"""Every route states its guard and its operation id; writes are bounded; the framework is closed by default."""

import re

from litestar.handlers import HTTPRouteHandler

from inspect_registry.app import BODY_LIMIT, create
from inspect_registry.config import from_environment
from tests.repository.source import PACKAGE

MOST_BYTES = 25 * 1024 * 1024
STREAMED = ("/inspections/{uid:str}/evidence", "/rectifications/{uid:str}/files")
"""Uploads that are streamed to disk as they come and never held in memory."""


def handlers() -> list[tuple[str, HTTPRouteHandler]]:
    app = create(from_environment({}), object())._app
    return [
        (f"{handler.http_methods} {route.path}", handler)
        for route in app.routes
        for handler in getattr(route, "route_handlers", [])
        if isinstance(handler, HTTPRouteHandler)
        and not str(handler.fn).startswith("<function HTTPRoute")
        and "options" not in str(handler.fn).lower()
    ]


FRAMEWORKS_OWN = {
    "/api",
    "/api/schema",
    "/api/openapi.json",
    "/api/openapi.yaml",
    "/api/openapi.yml",
    "/api/{path:str}",
}


def ours() -> list[tuple[str, HTTPRouteHandler]]:
    return [(name, handler) for name, handler in handlers() if name.rsplit("} ", 1)[1] not in FRAMEWORKS_OWN]


def test_every_route_states_its_guard() -> None:
    found = ours()
    assert len(found) > 5
    bare = [name for name, handler in found if not handler.guards and not (handler.owner and handler.owner.guards)]
    assert not bare, f"routes without a guard: {bare}"


def test_every_api_route_has_its_own_operation_id() -> None:
    ids = [handler.operation_id for name, handler in ours() if "/api/v1" in name]
    assert all(isinstance(one, str) and re.fullmatch(r"[a-z][A-Za-z0-9]+", one) for one in ids), ids
    assert len(set(ids)) == len(ids)


def test_bodies_are_limited() -> None:
    assert BODY_LIMIT <= 64 * 1024
    for name, handler in ours():
        limit = handler.resolve_request_max_body_size()
        assert limit is not None, name
        assert limit <= MOST_BYTES or name.endswith(STREAMED), name


def test_handlers_are_short() -> None:
    import inspect

    long = []
    for name, handler in ours():
        function = getattr(handler.fn, "value", handler.fn)
        if not str(inspect.getsourcefile(function)).startswith(str(PACKAGE)):
            continue
        lines = [line for line in inspect.getsource(function).splitlines() if line.strip()]
        if len(lines) > 34:
            long.append(f"{name}: {len(lines)}")
    assert not long, f"handlers translate, they do not think: {long}"


def test_numbers_in_addresses_state_their_limits() -> None:
    """A msgspec.Meta beneath FromQuery is dropped by the framework without a word (routes/queries.py)."""
    document = create(from_environment({}), object())._app.openapi_schema.to_schema()
    numbers = [
        (f"{method} {path} {one['name']}", one["schema"])
        for path, item in document["paths"].items()
        for method, operation in item.items()
        for one in operation.get("parameters", [])
        if one["in"] == "query" and one["schema"].get("type") in ("integer", "number")
    ]
    assert len(numbers) > 20
    open_ended = [name for name, schema in numbers if not {"minimum", "maximum"} <= set(schema)]
    assert not open_ended, f"write limits in the parameter itself: {open_ended}"


def test_what_takes_json_lies_under_api() -> None:
    """Elsewhere only forms are let in (routes/outer.py), so such a route could never be called."""
    document = create(from_environment({}), object())._app.openapi_schema.to_schema()
    outside = [
        path
        for path, item in document["paths"].items()
        if any("application/json" in one.get("requestBody", {}).get("content", {}) for one in item.values())
        and not path.startswith("/api/v1/")
    ]
    assert not outside
