"""Assignments: one row a person, code system and day: the colour that stands, since when, and on what ground."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field, person_field
from data.terms import CODES, HARMS, IDENTITIES


def _day(id_: str, zh: str, en: str, also: tuple[str, ...] = (), help_zh: str = "", help_en: str = "") -> Field:
    return Field(id_, zh, en, parse.day, "day", also=also, help_zh=help_zh, help_en=help_en)


ASSIGNMENTS = Kind(
    id="assignments",
    zh="赋码台账（逐条）",
    en="Assignments",
    about_zh="某日各码系统中每人的码色：何时、由谁、依据什么、按哪条规则赋予。逐段读取并核对，只留计数与须处理的例外，不存个人。",
    about_en="The colour that each person has in each code system on a day: since when, by whom, on what ground and "
    "under which rule. Read in pieces and checked; counts and exceptions are kept, no person is.",
    fields=(
        day_field(),
        Field(
            "system", "码系统", "Code system", parse.words, also=("系统",),
            help_zh="城市文件中的系统编号或名称；空为第一个", help_en="its id or name; empty: the city's first",
        ),
        person_field(required=True),
        Field("status", "码色", "Colour", parse.term(CODES), required=True, also=("颜色", "colour", "color")),
        _day("since", "赋码日期", "Since", ("赋码时间",), "非绿码必填", "required unless green"),
        _day(
            "cleared", "转码日期", "Cleared", ("解码日期", "转绿日期"),
            "填写即已转回，不得早于赋码日期", "stated: it no longer stands; not before since",
        ),
        Field("identity", "身份", "Identity", parse.term(IDENTITIES), also=("人员类别", "管控身份")),
        Field(
            "rule", "规则", "Rule", parse.words, also=("赋码规则", "依据文号"),
            help_zh="规则包、规则包/条款或文号", help_en="a pack, pack/clause, or the number of a notice",
        ),
        Field("evidence", "依据", "Evidence", parse.words, also=("依据编号", "来源记录", "evidence_id")),
        _day(
            "evidence_day", "依据日期", "Day of the evidence", ("暴露日期",),
            "暴露的日期；晚于赋码日期的不成依据", "of the exposure; one after the assignment is no ground for it",
        ),
        Field("authority", "赋码单位", "Authority", parse.words, also=("赋码机关", "单位")),
        Field("operator", "操作账号", "Operator", parse.words, also=("操作员",)),
        Field("batch", "批次", "Batch", parse.words, also=("批次号", "导入批次")),
        Field(
            "registered", "户籍地", "Registered in", parse.words, also=("户籍", "户籍所在地"),
            help_zh="区域名称或代码；其他为市外", help_en="a name or code of an area; anything else is elsewhere",
        ),
        Field(
            "group", "社会属性", "Group", parse.words, also=("其他属性", "共同属性"),
            help_zh="与健康无关的共同属性", help_en="a shared attribute that is no matter of health",
        ),
        Field("harm", "影响事项", "Harm", parse.term(HARMS), also=("急需事项",)),
        _day("deadline", "事项日期", "Deadline", ("最迟日期",)),
        _day("negative", "最近阴性日期", "Last negative test", ("末次阴性日期",)),
        _day("positive", "最近阳性日期", "Last positive test", ("末次阳性日期",)),
        _day("contact", "最近接触日期", "Last contact", ("末次接触日期",)),
    ),
    replaces="day",
    absent="zero",
    counts=("code_green", "code_yellow", "code_red"),
    streamed=True,
    required_unless=(("since", "status", "green"),),
)  # fmt: skip
