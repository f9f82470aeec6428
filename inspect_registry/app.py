"""The composition root: everything is put together here and nowhere else.

`create` takes finished parts and returns the ASGI application; `from_environment` is what the server's worker calls.
"""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import structlog
from litestar import Litestar, Router
from litestar.datastructures import State
from litestar.di import Provide
from litestar.openapi.config import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.plugins.prometheus import PrometheusConfig, PrometheusController

from inspect_registry.clock import Clock, ShiftedClock, SystemClock
from inspect_registry.codes.desk import CodeDesk
from inspect_registry.codes.keyfiles import key_ring
from inspect_registry.codes.reader import VerdictReader
from inspect_registry.config import Settings
from inspect_registry.config import from_environment as settings_from_environment
from inspect_registry.db import Database
from inspect_registry.db.embedded import EmbeddedServer
from inspect_registry.fieldwork.evidence_keeper import evidence_keeper
from inspect_registry.parent import end_with_parent
from inspect_registry.publication import service as publication
from inspect_registry.routes import registered
from inspect_registry.routes.api.ledger import observe_ledger
from inspect_registry.routes.frame import ActorMiddleware, open_to_all, provide_acting, provide_database
from inspect_registry.routes.outer import Outer
from inspect_registry.routes.problems import HANDLERS

BODY_LIMIT = 64 * 1024
"""Bytes a request may carry unless its route says more."""


class Metrics(PrometheusController):
    """Prometheus figures; put it behind the proxy's address list in production (docs/operations.md)."""

    path = "/metrics"
    guards = (open_to_all,)
    include_in_schema = False
    before_request = staticmethod(observe_ledger)


def create(settings: Settings, database: Database | None = None) -> Outer:
    """Return the whole application; a given database is used as it is and not closed."""
    prometheus = PrometheusConfig(app_name="inspect_registry", prefix="registry", group_path=True)
    litestar = Litestar(
        route_handlers=[
            Router("/api/v1", route_handlers=registered.API),
            *registered.ROOT,
            Metrics,
        ],
        dependencies={"acting": Provide(provide_acting), "database": Provide(provide_database)},
        middleware=[prometheus.middleware, ActorMiddleware()],
        exception_handlers=HANDLERS,
        request_max_body_size=BODY_LIMIT,
        openapi_config=OpenAPIConfig(
            title="检查码 registry", version="1", path="/api", render_plugins=[JsonRenderPlugin(path="/schema")]
        ),
        state=State({"settings": settings, "database": database, "evidence": evidence_keeper(settings)}),
        lifespan=[] if database is not None else [_open_parts(settings)],
        logging_config=None,
        debug=False,
    )
    return Outer(litestar, settings)


def _open_parts(settings: Settings) -> Callable[[Litestar], Any]:
    @asynccontextmanager
    async def lifespan(app: Litestar) -> AsyncIterator[None]:
        async with AsyncExitStack() as parts:
            database = await _open(settings, size=settings.pool_size)
            parts.push_async_callback(database.close)
            # The verdict has a pool and a deadline of its own: a scan is answered, or refused, within seconds.
            reading = await _open(settings, size=2, deadline=2.0, name="inspect-registry-verdicts")
            parts.push_async_callback(reading.close)
            code_keys = settings.var / "keys" / "codes"
            desk = CodeDesk(key_ring(code_keys), database, VerdictReader(reading), base=settings.public_url)
            desk.follow(code_keys)
            desk.start()
            parts.push_async_callback(desk.stop)
            app.state.update({"database": database, "codes": desk, "publishing": publication.publishing(settings)})
            await publication.recover(database, app.state.publishing)
            # One worker serves; before it answers, nobody uploads.
            await asyncio.to_thread(app.state.evidence.sweep)
            yield

    return lifespan


async def _open(
    settings: Settings, *, size: int, deadline: float | None = None, name: str = "inspect-registry"
) -> Database:
    return await Database.open(
        application_dsn(settings),
        region=settings.region,
        clock=clock_of(settings),
        size=size,
        connect_timeout=deadline or settings.connect_timeout,
        command_timeout=deadline or settings.command_timeout,
        acquire_timeout=deadline or settings.acquire_timeout,
        application_name=name,
    )


def clock_of(settings: Settings) -> Clock:
    """Return the machine's clock, or the one of a demo that takes place on another day."""
    return ShiftedClock(settings.demo_today) if settings.demo_today else SystemClock()


def application_dsn(settings: Settings) -> str:
    """Return the address of the database for the application's role."""
    return settings.database_url or EmbeddedServer(settings.var / "postgres").dsn("ir_app")


def configure_logs() -> None:
    """Log one JSON object a line to standard error; traces carry no local variables, so no secret and no name."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.ExceptionRenderer(structlog.tracebacks.ExceptionDictTransformer(show_locals=False)),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=True,
    )


def from_environment() -> Outer:
    """Return the application as the environment describes it: the worker's entry."""
    configure_logs()
    end_with_parent()  # a worker must not outlive its supervisor and keep the port
    return create(settings_from_environment())
