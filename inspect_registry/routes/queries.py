"""What lists and searches may be asked for in an address, each with its limits.

The limits stand in the parameter itself: the framework drops a msgspec.Meta beneath FromQuery without a word, and then
`limit=1000000000` is a lawful page (tests/repository/test_routes.py).
"""

from typing import Annotated

from litestar.params import QueryParameter

PageSize = Annotated[int, QueryParameter(ge=1, le=200)]
LongPageSize = Annotated[int, QueryParameter(ge=1, le=500)]
"""For lists of short lines."""
RegisterPageSize = Annotated[int, QueryParameter(ge=1, le=5000)]
"""For a register that another register takes over."""
Uid = Annotated[str, QueryParameter(max_length=40)]
"""An outside identity; for a list the last one of the page before, empty = the first page."""
AfterNumber = Annotated[int, QueryParameter(ge=0, le=2**62)]
"""The number that the page before ended with."""
Start = Annotated[int, QueryParameter(ge=0, le=1_000_000)]
"""How many lines come before the page."""
Year = Annotated[int, QueryParameter(ge=2000, le=2100)]
Reason = Annotated[str, QueryParameter(max_length=1000)]
"""Why, where a request has no body to say it in."""
