"""Cases: counts by day, place and finding, or a line list of pseudonymous cases."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, count_field, day_field
from data.terms import FINDINGS

CASES = Kind(
    id="cases",
    zh="病例",
    en="Cases",
    about_zh="按日、地点和类别的感染者数；或每行一例的清单（带 id，不含个人信息）。",
    about_en="Infections by day, place and finding; or a line list, one a row (with id, without personal data).",
    fields=(
        day_field(),
        Field("status", "类别", "Finding", parse.term(FINDINGS), required=True, also=("类型", "finding")),
        count_field(default="1", also=("新增", "cases")),
        Field(
            "id", "编号", "Id", parse.words, also=("病例编号", "case_id"),
            help_zh="清单中每例的编号，须已去标识", help_en="one a case of a line list, pseudonymous",
        ),
    ),
    replaces="row",
    absent="missing",
    counts=("cases", "asymptomatic", "reclassified"),
    net="situation",
)  # fmt: skip
