"""Codes, keys and pages for tests; every fact a test depends on is an argument."""

from datetime import UTC, datetime, timedelta

from inspect_registry.codes.binding import Bound, bound_digest, enterprise_commitment, premises_commitment
from inspect_registry.codes.keys import KEYS_FORMAT, KeyDocument, KeyRing, KeySet, PublicKey
from inspect_registry.codes.model import (
    CodeId,
    CodePath,
    CodeState,
    Page,
    PageDepartment,
    PageInspector,
    PageMatter,
    VerdictRow,
)
from inspect_registry.codes.presenting import Issued
from inspect_registry.codes.signing import Ed25519Signer

NOON = datetime(2026, 11, 23, 4, 0, 0, tzinfo=UTC)
"""Monday noon in Shanghai: inside every default window here."""
SHOP = "91310114MA1GT0XJ7C"
PREMISES = "aaaaaaaaaaaaaaaaaaaaaaaaaa"
CODE_ID = bytes(range(16))
BOUND = Bound(
    departments=("scjg",), matters=("SCJG-012",), inspectors=("31011400001", "31011400002"), plan="备案2026-1"
)


def a_signer(seed: int = 1) -> Ed25519Signer:
    return Ed25519Signer(bytes([seed]) * 32)


def a_public_key(signer: Ed25519Signer, **changes: object) -> PublicKey:
    fields: dict[str, object] = {
        "key_id": f"{signer.key_id:08x}",
        "algorithm": "ed25519",
        "public": signer.public,
        "sign_from": NOON - timedelta(days=10),
        "sign_until": NOON + timedelta(days=30),
        "verify_until": NOON + timedelta(days=60),
    }
    return PublicKey(**{**fields, **changes})  # type: ignore[arg-type]


def a_key_set(*keys: PublicKey) -> KeySet:
    return KeySet(KeyDocument(format=KEYS_FORMAT, issuer="嘉定区", keys=keys))


def a_key_ring(*seeds: int, mac: bytes = b"m", **changes: object) -> KeyRing:
    signers = [a_signer(seed) for seed in seeds or (1,)]
    published = a_key_set(*(a_public_key(signer, **changes) for signer in signers))
    return KeyRing(
        published,
        {signer.key_id: signer for signer in signers},
        {signer.key_id: (mac * 32)[:31] + bytes([index]) for index, signer in enumerate(signers)},
    )


def an_issued(code_id: bytes = CODE_ID, *, shop: str = SHOP, now: datetime = NOON, hours: int = 4) -> Issued:
    return Issued(
        code_id=code_id,
        starts=int((now - timedelta(hours=hours)).timestamp()),
        ends=int((now + timedelta(hours=hours)).timestamp()),
        enterprise=enterprise_commitment(code_id, shop),
        premises=premises_commitment(code_id, PREMISES),
        bound=bound_digest(code_id, BOUND),
    )


def a_page(**changes: object) -> Page:
    fields: dict[str, object] = {
        "enterprise": "上海嘉定某某餐饮管理有限公司",
        "natural_name": False,
        "identifier": SHOP,
        "address": "上海市嘉定区新成路街道塔城路56号",
        "starts": NOON - timedelta(hours=4),
        "ends": NOON + timedelta(hours=4),
        "plan": "嘉检备〔2026〕12号",
        "planned": True,
        "path": CodePath.NORMAL,
        "departments": (
            PageDepartment(
                name="上海市嘉定区市场监督管理局",
                lead=True,
                times=1,
                cap=4,
                matters=(
                    PageMatter(
                        code="SCJG-012",
                        name="餐饮服务食品安全检查",
                        legal_basis=("《中华人民共和国食品安全法》第一百一十条",),
                        criteria=("食品经营许可证在有效期内", "从业人员持有效健康证明"),
                    ),
                ),
                inspectors=(
                    PageInspector(name="张伟", certificate_no="31011400001"),
                    PageInspector(name="李娜", certificate_no="31011400002"),
                ),
            ),
        ),
    }
    return Page(**{**fields, **changes})  # type: ignore[arg-type]


def a_verdict_row(**changes: object) -> VerdictRow:
    fields: dict[str, object] = {
        "uid": "aaaqeayeaudaocajbifqydiob4",
        "code": CodeId(1),
        "enterprise": 1,
        "state": CodeState.ISSUED,
        "arrived_at": None,
        "ended_at": None,
        "reason": "",
        "certificates_valid": True,
        "page": "{}",
        "masked": "{}",
    }
    return VerdictRow(**{**fields, **changes})  # type: ignore[arg-type]
