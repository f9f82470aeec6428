"""What can be wrong with an uploaded file as a whole."""

from inspect_registry.errors import Invalid, TooLarge


class SheetFormatUnknown(Invalid):
    """The content is neither CSV nor a workbook we read."""

    code = "sheet-format-unknown"
    title = "无法识别的表格文件"


class SheetDamaged(Invalid):
    """The file says it is a workbook but cannot be read as one."""

    code = "sheet-damaged"
    title = "表格文件已损坏或不完整"


class SheetLocked(Invalid):
    """The workbook is encrypted."""

    code = "sheet-locked"
    title = "表格文件设有密码"


class SheetEncodingUnknown(Invalid):
    """The text is in no encoding that offices use."""

    code = "sheet-encoding-unknown"
    title = "无法识别的文字编码"


class SheetTooLarge(TooLarge):
    """The file, or what it unpacks to, is larger than the documented limits."""

    code = "sheet-too-large"
    title = "表格文件超过上限"


class SheetSuspicious(Invalid):
    """The archive is built in a way no spreadsheet program writes: a bomb, or paths that leave the archive."""

    code = "sheet-suspicious"
    title = "表格文件的内部结构异常，已拒绝打开"
