"""Acts that hand out a receipt answer 201 with their leaf number, or 202 with where to ask for it.

The act is durable in both cases: only its number waits, three seconds at most. A replay of the same request (by its
idempotency key) gives the same result, and the number as soon as there is one. In an installation without a log nothing
is waited for. How long and by what sleep is waited stands in the application's state, so that tests do not sleep.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec
from litestar import Request, Response
from litestar.status_codes import HTTP_201_CREATED, HTTP_202_ACCEPTED

from inspect_registry.db import Acting
from inspect_registry.ledger import Action, Waiter, addresses, reading
from inspect_registry.ledger.places import is_founded

T = TypeVar("T", bound=msgspec.Struct)


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Where an act stands in the ledger."""

    number: int | None
    """Its leaf number; None: registered, the number is pending."""
    about: str
    """Page of what the ledger says about its subject."""
    ask: str
    """Where to ask for the number; answers 200 or again 202."""
    receipt: str = ""
    """Where the receipt is fetched; empty while the number is pending."""


def waiter_of(request: Request[Any, Any, Any]) -> Waiter:
    """Return how this application waits for a number."""
    state = request.app.state
    given: Waiter | None = state.get("ledger_waiter")
    if given is not None:
        return given
    return Waiter(asyncio.sleep, seconds=3.0 if is_founded(state.settings.var) else 0.0)


async def standing_of(
    request: Request[Any, Any, Any], acting: Acting, kind: str, uid: str, actions: Sequence[Action]
) -> Standing:
    """Wait for the number of the newest act of these kinds about a subject, and say where it stands."""
    number = await reading.number_about(acting.database, kind, uid, waiter_of(request), actions)
    return Standing(
        number=number,
        about=addresses.about(kind, uid),
        ask=f"/api/v1/ledger/subjects/{kind}/{uid}/number",
        receipt="" if number is None else f"/api/v1/ledger/entries/{number}/receipt",
    )


def answer(content: T, standing: Standing) -> Response[T]:
    """Answer 201, or 202 and where to ask."""
    if standing.number is not None:
        return Response(content, status_code=HTTP_201_CREATED, headers={"location": standing.receipt})
    return Response(content, status_code=HTTP_202_ACCEPTED, headers={"location": standing.ask, "retry-after": "3"})
