"""The error tree: what can go wrong, in words for the person who reads it.

    RegistryError
    ├── Invalid      400/422  what was sent cannot be understood or settled
    ├── NotSignedIn  401      nobody is signed in
    ├── NotAllowed   403      this person may not do this
    ├── NotFound     404      no such thing, or not yours (both answered alike)
    ├── Conflict     409      the thing is in another state, or a rule forbids it
    ├── Expired      410      the time for it is over
    ├── TooLarge     413      more than the documented limit
    ├── TooMany      429      asked too often
    └── Unavailable  503      not now; try again

Leaf classes live in the `errors.py` of their feature and are named for the situation. Class docstring = sentence for
developers; `code` = stable slug (docs/errors.md lists every one); `title` = the Chinese sentence a user sees.
A class with `refusal = True` is the refusal of a submitted act by a rule: the act is rolled back, the refusal itself
is committed with its ledger entry (`act.refused`), and then raised to the caller (docs/adr/0007).
How a kind becomes an HTTP answer is decided in one place: routes/problems.py.
"""

from typing import ClassVar

import msgspec


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where in the input something is wrong; rows count from 1 as the file shows them."""

    field: str = ""
    """Dotted path of a JSON or form field."""
    sheet: str = ""
    row: int = 0
    column: str = ""
    """The header's text."""
    text: str = ""
    """What was written there."""
    message: str = ""


class RegistryError(Exception):
    """Something went wrong that a person can be told about."""

    code: ClassVar[str] = "error"
    title: ClassVar[str] = "出现错误"
    status: ClassVar[int] = 500
    refusal: ClassVar[bool] = False

    def __init__(
        self,
        detail: str = "",
        *,
        rule: str = "",
        basis: str = "",
        remedy: str = "",
        places: tuple[Place, ...] = (),
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.rule = rule
        """Identifier of the rule that refused (docs/rules.md)."""
        self.basis = basis
        """Legal source of that rule."""
        self.remedy = remedy
        """What would be accepted, or what to do."""
        self.places = places


class Refusal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A refusal as it is stored: for the ledger's private record and for an idempotent replay."""

    code: str
    title: str
    status: int
    detail: str = ""
    rule: str = ""
    basis: str = ""
    remedy: str = ""
    places: tuple[Place, ...] = ()


class Invalid(RegistryError):
    """What was sent cannot be understood or settled."""

    code = "invalid"
    title = "提交的内容有误"
    status = 422


class Malformed(Invalid):
    """The request cannot be parsed at all."""

    code = "malformed"
    title = "请求格式有误"
    status = 400


class NotSignedIn(RegistryError):
    """Nobody is signed in."""

    code = "not-signed-in"
    title = "请先登录"
    status = 401


class NotAllowed(RegistryError):
    """This person may not do this."""

    code = "not-allowed"
    title = "您没有此项权限"
    status = 403


class NotFound(RegistryError):
    """There is no such thing, or it is not this person's: both are answered alike."""

    code = "not-found"
    title = "未找到"
    status = 404


class Conflict(RegistryError):
    """The thing is in another state than the act needs, or a rule forbids the act."""

    code = "conflict"
    title = "当前状态下不能进行此操作"
    status = 409


class IdempotencyKeyReused(Invalid):
    """The same Idempotency-Key came with another request."""

    code = "idempotency-key-reused"
    title = "同一幂等键已用于另一请求"


class Expired(RegistryError):
    """The time for this is over."""

    code = "expired"
    title = "已过期"
    status = 410


class TooLarge(RegistryError):
    """More than the documented limit."""

    code = "too-large"
    title = "内容超过上限"
    status = 413


class TooMany(RegistryError):
    """Asked too often."""

    code = "too-many-requests"
    title = "请求过于频繁，请稍后再试"
    status = 429


class Unavailable(RegistryError):
    """The service cannot do this now; trying again later is right."""

    code = "unavailable"
    title = "服务暂时不可用，请稍后重试"
    status = 503


class Refused(Conflict):
    """A stored refusal, raised again: the replay of an act that a rule had refused."""

    refusal = True

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(
            refusal.detail, rule=refusal.rule, basis=refusal.basis, remedy=refusal.remedy, places=refusal.places
        )
        self.stored = refusal


def refusal_of(error: RegistryError) -> Refusal:
    """Describe an error as the value that is stored and sent."""
    if isinstance(error, Refused):
        return error.stored
    return Refusal(
        code=error.code,
        title=error.title,
        status=error.status,
        detail=error.detail,
        rule=error.rule,
        basis=error.basis,
        remedy=error.remedy,
        places=error.places,
    )
