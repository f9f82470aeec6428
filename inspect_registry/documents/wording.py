"""Words that papers and pages must carry, each with its source; one place, so that they never differ.

Sources: 《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）;《中华人民共和国行政处罚法》第五十五条;
the wording for enterprises is configurable by law (domain.md, section 8) and marked sample until an authority fixes it.
"""

from typing import Final

OPINION: Final = "《国务院办公厅关于严格规范涉企行政检查的意见》（国办发〔2024〕54号）"
REGULATION: Final = "《上海市优化营商环境条例》"

FIVE_PROHIBITIONS: Final = (
    (
        "严禁逐利检查",
        "不得接受馈赠、报酬、福利，不得参加宴请、娱乐、旅游，不得由企业支付消费或者转嫁检查费用，不得强制接受指定中介服务",
    ),
    ("严禁干扰企业正常生产经营", "不得刻意要求法定代表人到场"),
    ("严禁任性处罚企业", "不得乱查封、乱扣押、乱冻结，不得动辄责令停产停业"),
    ("严禁下达检查指标", "不得将考核考评、预算项目绩效与检查频次、罚没数额挂钩"),
    ("严禁变相实施检查", "不得以观摩、督导、考察等名义行检查之实"),
)
"""五个严禁 with the 八个不得 inside them (国办发〔2024〕54号)."""

RIGHTS: Final = (
    "核对检查码、执法人员姓名和执法证号；人证不符、无码或者检查码无效的，有权拒绝检查",
    "了解检查的依据、事项和要点，要求只检查检查码所列事项",
    "认为执法人员与检查事项有直接利害关系的，有权申请回避",
    "陈述、申辩，并在检查记录上写明意见",
    "对检查作出评价，向执法监督机构投诉，或者拨打12345",
)
"""What an enterprise may do at the door; sample wording."""

NO_CODE_NO_CHECK: Final = "没有列入检查计划，就没有检查码；没有检查码，企业有权拒绝检查。"
NEVER_SELLS: Final = (
    "检查不收取任何费用。任何人以检查为名收费、推销书籍器材、要求转账或者添加私人账号付款的，都不是检查，请拨打110。"
)
DEMO_WORDS: Final = "演示数据，不具有法律效力"
"""Across every page that a demo prints."""
