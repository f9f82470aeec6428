"""What the ledger refuses, in words for people."""

from inspect_registry.errors import NotFound, RegistryError, Unavailable


class LedgerFrozen(Unavailable):
    """The ledger has stopped: its history and the signer's memory disagree, so nothing may be added."""

    code = "ledger-frozen"
    title = "台账已冻结，暂停一切登记"


class SignerUnavailable(Unavailable):
    """The signer does not answer."""

    code = "signer-unavailable"
    title = "台账签名服务暂时无法访问，请稍后重试"


class PublishedLogDamaged(Unavailable):
    """The published files contradict themselves: what an auditor would reject is not shown as if it were sound."""

    code = "published-log-damaged"
    title = "已公布的台账文件受损，无法出示"


class EntryNotFound(NotFound):
    """The log has no entry of this number."""

    code = "entry-not-found"
    title = "台账中没有这一条"


class EntryNotYetPublic(RegistryError):
    """The entry is registered, but no published checkpoint covers it yet."""

    code = "entry-not-yet-public"
    title = "该条目已登记，尚未编入已公布的台账，请稍后再试"
    status = 409


class EntryErased(RegistryError):
    """The private part of this entry was lawfully erased; only its commitment remains."""

    code = "entry-erased"
    title = "该条目的非公开部分已依法删除"
    status = 410
