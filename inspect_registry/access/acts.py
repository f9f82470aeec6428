"""One act = one transaction = its ledger entries.

`@act(Permission.X)` makes a use case out of `async def submit(tx: Tx, …) -> Result`:

- called with `database.acting(actor, key)` it is the outermost: permission, transaction, idempotency, commit;
- called with a Tx it is a part of another act and joins its transaction.

Raising rolls back. An error whose class says `refusal = True` rolls the body back to a savepoint; then the refusal
itself is committed, with its entry `act.refused`, and raised: a rule's "no" is a fact that an auditor must find
(docs/adr/0007). `@reads(Permission.X)` is the same for readings, in a read-only transaction.
"""

from collections.abc import Awaitable, Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar, cast, get_type_hints

from inspect_registry import ledger
from inspect_registry.access.permissions import Permission, may
from inspect_registry.actor import Actor
from inspect_registry.db import Acting, Tx
from inspect_registry.db.idempotency import claim, fingerprint, keep, replayed
from inspect_registry.errors import NotAllowed, NotSignedIn, RegistryError, refusal_of
from inspect_registry.identifiers import new_uid

P = ParamSpec("P")
T = TypeVar("T")
Body = Callable[Concatenate[Tx, P], Awaitable[T]]
Call = Callable[Concatenate[Acting | Tx, P], Awaitable[T]]


def act(permission: Permission) -> Callable[[Body[P, T]], Call[P, T]]:
    """Make a writing use case that needs this permission."""

    def decorate(body: Body[P, T]) -> Call[P, T]:
        name = f"{body.__module__.removeprefix('inspect_registry.')}.{body.__qualname__}"

        @wraps(body)
        async def call(where: Acting | Tx, *arguments: P.args, **options: P.kwargs) -> T:
            if isinstance(where, Tx):
                return await body(where, *arguments, **options)
            must(where.actor, permission)
            refused: RegistryError | None = None
            async with where.database.transaction(where.actor) as tx:
                if where.key:
                    earlier = await claim(tx, where.key, name, fingerprint(name, arguments, options))
                    if earlier is not None:
                        return replayed(earlier, _returns(body))  # type: ignore[no-any-return]  # decoded to T
                try:
                    async with tx.savepoint():
                        result = await body(tx, *arguments, **options)
                except RegistryError as error:
                    if not error.refusal:
                        raise
                    refused = error
                    await _record_refusal(tx, name, error)
                if where.key:
                    await keep(tx, where.key, refusal_of(refused) if refused else result, refused=refused is not None)
            if refused is not None:
                raise refused
            return result

        call.permission = permission  # type: ignore[attr-defined]  # read by the tests about the repository
        return cast("Call[P, T]", call)

    return decorate


def reads(permission: Permission) -> Callable[[Body[P, T]], Call[P, T]]:
    """Make a reading use case that needs this permission."""

    def decorate(body: Body[P, T]) -> Call[P, T]:
        @wraps(body)
        async def call(where: Acting | Tx, *arguments: P.args, **options: P.kwargs) -> T:
            if isinstance(where, Tx):
                return await body(where, *arguments, **options)
            must(where.actor, permission)
            async with where.database.transaction(where.actor, read_only=True) as tx:
                return await body(tx, *arguments, **options)

        call.permission = permission  # type: ignore[attr-defined]  # read by the tests about the repository
        return cast("Call[P, T]", call)

    return decorate


def must(actor: Actor, permission: Permission) -> None:
    """Raise NotSignedIn or NotAllowed unless the actor's role has the permission."""
    if may(actor.role, permission):
        return
    if actor.role == "anonymous":
        raise NotSignedIn
    raise NotAllowed(f"此操作需要权限 {permission.value}", rule=permission.value)


def _returns(body: Callable[..., Any]) -> Any:
    return get_type_hints(body)["return"]


async def _record_refusal(tx: Tx, name: str, error: RegistryError) -> None:
    await ledger.append(
        tx,
        ledger.Action.REFUSED,
        ledger.Subject("act", new_uid(tx.random)),
        department=tx.actor.department or None,
        public={"act": name[:120], "code": error.code, "rule": error.rule[:120]},
        private=refusal_of(error),
    )
