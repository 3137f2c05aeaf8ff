"""Reports of events: what gates, hotlines, clinics, citizens and grid workers saw, as a table."""

from __future__ import annotations

import datetime as dt

from data.rejects import BadCell
from data.sources import parse
from data.sources.base import Field, Kind
from data.sources.parse import Manner, plain
from data.terms import EVENTS as CLASSES

#: Writings of a moment, on the city's clocks.
_MOMENTS = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M")


def moment(text: str, manner: Manner) -> str:
    """A moment on the city's clocks, in ISO; a bare day would put all of it at midnight and is no moment."""
    written = plain(text).replace("T", " ")
    for form in _MOMENTS:
        try:
            return dt.datetime.strptime(written, form).isoformat()  # noqa: DTZ007 - the zone is the city's
        except ValueError:
            continue
    raise BadCell("not_a_moment")


EVENTS = Kind(
    id="events",
    zh="事件上报",
    en="Reports of events",
    about_zh="一行一次上报：门禁、停车、热线、发热门诊、市民、网格员等所见。编号相同的只收一次；同一事件的多次上报并为一件。",
    about_en="One report a row: what gates, car parks, hotlines, fever clinics, citizens and grid workers saw. A "
    "number that came before is not taken twice; several reports of one matter become one event.",
    fields=(
        Field("key", "编号", "Number", parse.words, required=True, also=("id", "上报编号", "流水号"),
              help_zh="在本来源内唯一", help_en="its own within the source"),
        Field("class", "类别", "Class", parse.term(CLASSES), required=True, also=("klass", "事件类别")),
        Field("happened", "发生时间", "Happened", moment, also=("时间", "time", "上报时间"),
              help_zh="本市时间；空为收到时", help_en="on the city's clocks; empty: when it was received"),
        Field("person", "人员假名", "Person (pseudonym)", parse.words, also=("假名", "pseudonym", "subject"),
              help_zh="已去标识的编号", help_en="a pseudonym"),
        Field("place", "地点", "Place", parse.words, also=("位置", "点位")),
        Field("note", "说明", "Note", parse.words, also=("情况", "内容", "备注")),
    ),
    replaces="row",
    absent=None,
)  # fmt: skip
