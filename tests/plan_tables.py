"""Builders of plan tables in the shapes that offices publish: own wording, made-up enterprises."""

import io
from collections.abc import Sequence

import openpyxl

FUCHENG = (
    ("序号", "任务名称", "制定任务依据", "检查类型\n(日常/专项)", "实施主体", "是否联合检查", "联合部门", "检查地域", "实施层级",
     "检查事项", "检查方式", "任务日期", "是否涉企", "检查对象", "检查对象基数", "检查比例", "检查频次上限"),
    ("1", "食品经营单位日常检查", "《中华人民共和国食品安全法》第一百零九条", "日常", "区市场监管局", "是", "区卫生健康委、区城管执法局", "全区", "区级",
     "食品经营许可检查", "现场检查", "2026.01.01-2026.12.31", "是", "食品经营单位", "3200", "10-20%", "4次/年"),
    ("2", "校外培训机构检查", "《校外培训行政处罚暂行办法》第三条", "专项", "区教育局", "否", "无", "全区", "区级",
     "培训场所安全检查", "现场检查", "7月至8月", "是", "校外培训机构", "160", "100%", "2次/年"),
)  # fmt: skip
SHANGGAO = (
    ("序号", "检查主体", "年度计划名称", "检查内容", "计划开展时间", "股室", "抽查比例", "抽查频次", "抽查数量"),
    ("1", "区水务局", "取水许可检查", "取水口计量情况检查", "3-5月份", "水资源股", "不低于0.5%", "3次/年", "约27家"),
    ("2", "区水务局", "排水许可检查", "排水户许可检查", "10月底", "排水股", "２％", ">=1", "19"),
)
COUNTY = (
    ("抽查计划编号", "任务名称", "抽查类型", "抽查对象", "发起部门", "参与部门", "抽查比例(数量)", "检查方式", "起止时间", "抽查事项"),
    ("2026-01", "加油站联合抽查", "不定向", "成品油零售企业", "区商务委", "区应急局;区市场监管局\n区消防救援支队", "10% (20户)", "现场检查",
     "2026年2月24日 -2026年11月30日", "成品油零售经营资格检查"),
)  # fmt: skip
CHANGZHI = (
    ("序号", "抽查任务名称", "抽查事项", "抽查对象范围", "抽查比例及频次", "智慧监管(信用风险分类)要求", "抽查检查起止时间", "发起部门", "配合部门",
     "抽查检查模式"),
    ("1", "养老机构一业一查", "养老服务安全检查", "养老机构", "25%,不少于1次/年", "守信5%、警示10%", "2026年1月—11月", "区民政局", "区消防救援支队",
     "现场检查"),
)  # fmt: skip
WUHAN = (
    ("序号", "抽查领域", "抽查事项", "检查对象", "抽查比例", "发起部门", "配合部门", "实施层级及说明"),
    (
        "1",
        "旅馆业",
        "治安管理检查",
        "旅馆",
        "守信5%、警示10%、失信20%、严重失信40%",
        "市公安局",
        "市邮政管理局、市公安局",
        "区级",
    ),
)
SHANWEI = (
    ("序号", "牵头部门", "《联合事项清单》事项名称", "联合抽查任务名称", "抽查对象", "抽查比例", "拟抽查对象数(户)", "拟实施时间", "参与部门",
     "参与部门的检查内容(检查事项)", "检查方式", "信用风险等级(低、一般、较高、高)"),
    ("1", "区农业农村委", "农资经营检查", "农资联合抽查", "农资经营户", "1户", "1户(以牵头单位抽查数为准)", "3月底前", "区市场监管局",
     "农资质量检查", "现场检查、抽样检测", "较高"),
)  # fmt: skip
RUSHAN = (
    ("序号", "检查事项", "检查时间", "抽查比例", "抽查频次", "是否双随机一公开", "是否联合检查", "备注"),
    ("1", "劳动用工检查", "全年", "3%;2次/年", "=1", "是", "否", ""),
)
JIADING = (
    (
        "序号",
        "计划名称",
        "抽查对象",
        "抽查事项",
        "抽查比例",
        "全区预估抽查户(次)数",
        "业务指导科室(牵头;配合)",
        "检查对象抽取层级",
        "计划时间",
    ),
    (
        "1",
        "测绘资质检查",
        "测绘单位",
        "测绘资质与成果质量检查",
        "70%",
        "20",
        "牵头:规划科;配合:住房科、产业科",
        "区局",
        "10月",
    ),
)
NINGXIA = (
    ("检查主体", "检查事项", "检查依据", "检查对象", "检查时间", "检查比例", "同一企业检查频次", "可联合检查部门"),
    ("区交通委", "道路运输企业检查", "《中华人民共和国道路运输条例》第五十八条", "道路货运企业", "第二季度", "不超过20%",
     "检查频次:1次/年/单位 上限:2次/年/单位", "区应急局"),
)  # fmt: skip
ALL = {
    "fucheng": FUCHENG, "shanggao": SHANGGAO, "county": COUNTY, "changzhi": CHANGZHI, "wuhan": WUHAN,
    "shanwei": SHANWEI, "rushan": RUSHAN, "jiading": JIADING, "ningxia": NINGXIA,
}  # fmt: skip


def a_csv(table: Sequence[Sequence[str]], *, title: str = "", footer: str = "", encoding: str = "utf-8") -> bytes:
    """Write a table as CSV, by hand so that no writer of ours tests our reader."""
    rows = [[title]] if title else []
    rows += [list(row) for row in table]
    rows += [[footer]] if footer else []
    lines = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    return "\r\n".join(lines).encode(encoding)


def a_workbook(table: Sequence[Sequence[object]], *, title: str = "", footer: str = "") -> openpyxl.Workbook:
    """Write a table as a workbook, for a test to change."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "计划表"
    for row in ([[title]] if title else []) + [list(row) for row in table] + ([[footer]] if footer else []):
        sheet.append(row)
    if title:
        sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(table[0]))
    for cells in sheet.iter_rows():
        for cell in cells:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    return book


def xlsx_of(book: openpyxl.Workbook) -> bytes:
    """Return a workbook's bytes."""
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
