"""Look at a workbook's zip directory before anything is unpacked.

The directory can lie about sizes; what it hides is met by the limits of the child process that unpacks (child.py).
"""

import io
import zipfile

from inspect_registry.sheets.errors import SheetDamaged, SheetSuspicious, SheetTooLarge

UNPACKED_BYTES_MAX = 50 * 1024 * 1024
MEMBERS_MAX = 50
RATIO_MAX = 100
RATIO_COUNTS_FROM_BYTES = 10 * 1024 * 1024
"""Below this size a high ratio is just a repetitive table, and harmless."""


def workbook_members(content: bytes) -> tuple[str, ...]:
    """Return the member names of a zip archive that is safe to unpack."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, UnicodeDecodeError) as error:
        raise SheetDamaged("压缩结构无法读取，请重新另存为 .xlsx 后再上传") from error
    if len(members) > MEMBERS_MAX:
        raise SheetSuspicious(
            f"文件内部有 {len(members)} 个部件，上限为 {MEMBERS_MAX} 个",
            remedy="请只保留计划表所在的工作表，另存为新的 .xlsx 文件",
        )
    unpacked = sum(member.file_size for member in members)
    if unpacked > UNPACKED_BYTES_MAX:
        raise SheetTooLarge(
            f"文件解压后为 {unpacked // 1_000_000} MB，上限为 50 MB",
            remedy="请删去无关的工作表、图片和空白行，或另存为 CSV",
        )
    if unpacked > RATIO_COUNTS_FROM_BYTES and unpacked > RATIO_MAX * max(1, len(content)):
        raise SheetSuspicious(f"文件的压缩比超过 {RATIO_MAX} 倍", remedy="请另存为 CSV 后再上传")
    for member in members:
        name = member.filename
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name:
            raise SheetSuspicious("文件内部含有指向外部的路径")
        if member.flag_bits & 0x1:
            raise SheetSuspicious("文件内部含有加密的部件", remedy="请取消密码后另存")
    return tuple(member.filename for member in members)
