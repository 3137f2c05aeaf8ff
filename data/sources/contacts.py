"""Contacts: one row a person traced as a close or secondary contact."""

from __future__ import annotations

from data.sources import parse
from data.sources.base import Field, Kind, day_field, person_field
from data.terms import CONTACTS as CONTACT_TERMS

CONTACTS = Kind(
    id="contacts",
    zh="密接台账",
    en="Contacts",
    about_zh="一行一名密切接触者或次密切接触者，日期为接触之日。逐段读取、只留计数；评估赋码台账时在原文件中查找。",
    about_en="One close or secondary contact a row; the day is that of the contact. Counted; looked up in the file "
    "when assignments are checked.",
    fields=(
        day_field(),
        person_field(),
        Field("kind", "接触类型", "Kind", parse.term(CONTACT_TERMS), required=True, also=("类型", "密接类型")),
        Field(
            "index", "关联病例", "Index case", parse.words, also=("指示病例", "关联病例编号"),
            help_zh="已去标识的编号", help_en="a pseudonym",
        ),
    ),
    replaces="day",
    absent="zero",
    counts=("contacts_close", "contacts_secondary"),
    streamed=True,
)  # fmt: skip
