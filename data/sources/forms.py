"""The inventory of forms: who asks for which field, how often, of whom, how long that takes, and whether on paper."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind
from data.terms import ANSWERS, FREQUENCIES, LEVELS, SUBJECTS

FORMS = Kind(
    id="forms",
    zh="表单清单",
    en="Inventory of forms",
    about_zh="各部门要求填报的表单及其字段，一行一个字段；只写表单，不写填了什么。后送的文件整份替换先送的。",
    about_en="The forms that departments hand out and their fields, one a row; what forms ask, not what was filled in. "
    "A later file replaces an earlier one as a whole.",
    fields=(
        Field("form", "表单", "Form", parse.words, required=True, also=("表单名称", "表格", "表名")),
        Field("department", "部门", "Department", parse.words, required=True, also=("牵头部门", "下发部门")),
        Field("field", "字段", "Field", parse.words, required=True, also=("字段名称", "填报项", "数据项", "指标项")),
        Field("every", "频次", "How often", parse.term(FREQUENCIES), required=True, also=("填报频次", "周期")),
        Field(
            "level", "填报层级", "Filled in by", parse.term(LEVELS), default="community", also=("填报人层级", "层级"),
            help_zh="由哪一级填报", help_en="the level whose people fill it in",
        ),
        Field(
            "minutes", "耗时", "Minutes", parse.amount, "degrees", also=("分钟", "填报分钟", "每次分钟"),
            help_zh="整张表填一次的分钟数", help_en="minutes of one filling in of the whole form",
        ),
        Field(
            "people", "填报规模", "How many fill it in", parse.count, "degrees", also=("填报数", "填报份数"),
            help_zh="多少人填；也可写每次的份数", help_en="how many people fill it in, or copies each time",
        ),
        Field("paper", "纸质", "On paper", parse.term(ANSWERS), also=("是否纸质", "纸质填报")),
        Field(
            "subject", "登记对象", "About", parse.term(SUBJECTS), default="person", also=("对象", "填报对象"),
            help_zh="登记的是人员、企业、场所还是物资", help_en="whether about a person, enterprise, place or supplies",
        ),
    ),
    replaces="day",
    absent=None,
    placeless=True,
)  # fmt: skip
