"""What can go wrong at the door of the service."""

from inspect_registry.errors import Conflict, NotSignedIn, TooMany


class SignInFailed(NotSignedIn):
    """Account unknown, password wrong, or account disabled: answered alike, after the same work."""

    code = "sign-in-failed"
    title = "账号或密码不正确"


class TooManySignIns(TooMany):
    """Too many failed sign-ins for this account or from this network."""

    code = "too-many-sign-ins"
    title = "登录失败次数过多，请稍后再试"


class AccountTaken(Conflict):
    """Another person has this account name."""

    code = "account-taken"
    title = "该账号已存在"
    constraint = "person_account_unique"
