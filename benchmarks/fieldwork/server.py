"""The whole application with its rate limits lifted: all phones of a benchmark come from one address."""

from inspect_registry import app as composition
from inspect_registry.config import from_environment
from inspect_registry.routes import outer

outer.READS_PER_MINUTE = 10**9
outer.WRITES_PER_MINUTE = 10**9


def application() -> outer.Outer:
    """Return the application as the environment describes it."""
    return composition.create(from_environment())
