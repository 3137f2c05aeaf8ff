"""Notices: what an authority ordered, for whom, where, from when until when."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind
from data.terms import CODES, SCOPES

NOTICES = Kind(
    id="notices",
    zh="通告",
    en="Notices",
    about_zh="公开通告及其范围与起止；一行一个区域，文号相同的各行为一份通告。后送的同号通告替换先送的。",
    about_en="Public notices, what they take in and how long; one row an area, rows of one number are one notice. "
    "A notice that comes again replaces the earlier one.",
    fields=(
        Field("number", "文号", "Number", parse.words, required=True, also=("id", "通告编号", "编号", "notice")),
        Field("title", "标题", "Title", parse.words, also=("通告标题",)),
        Field("authority", "发布单位", "Authority", parse.words, also=("发布机关", "发文机关")),
        Field("issued", "发布日期", "Issued", parse.day, "day", also=("印发日期",)),
        Field("start", "开始日期", "Start", parse.day, "day", required=True, also=("起始日期", "施行日期", "from")),
        Field(
            "end", "结束日期", "End", parse.last_day, "day", also=("截止日期", "to"),
            help_zh="含当日；空或 2099-12-31 起为至今", help_en="inclusive; empty or from 2099-12-31: it still holds",
        ),
        Field("scope", "范围方式", "Scope", parse.term(SCOPES), default="area", also=("对象范围",)),
        Field("colour", "码色", "Colour", parse.term(CODES), also=("赋码颜色", "color")),
        Field("rule", "规则", "Rule", parse.words, also=("规则包",), help_zh="规则包编号", help_en="id of a rule pack"),
    ),
    replaces="row",
    absent=None,
)  # fmt: skip
