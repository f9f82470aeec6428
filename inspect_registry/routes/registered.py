"""Every handler of the service, in one list: what is not here is not reachable."""

from typing import Any

from inspect_registry.routes.api import access as api_access
from inspect_registry.routes.api import health
from inspect_registry.routes.pages import access as page_access

API: list[Any] = [*api_access.handlers]
"""Mounted under /api/v1."""
ROOT: list[Any] = [*health.handlers, *page_access.handlers]
"""Mounted at /."""
