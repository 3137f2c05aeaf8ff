"""A bad row of a delivered file is no exception: it is a :class:`Reject`, stored, listed and sent back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from data.words import Lang, quote

#: why-code -> (zh, en); ``{value}`` is the cell as delivered, other names come from the reject.
WHY: Mapping[str, tuple[str, str]] = {
    "empty": ("不能为空", "must not be empty"),
    "not_a_day": ("“{value}”不是日期，应为 {format}", "{value} is not a day; wanted {format}"),
    "not_a_moment": ("“{value}”不是时刻，应为 2022-04-01 08:30", "{value} is no moment; wanted 2022-04-01 08:30"),
    "refused": ("未接收：{detail}", "not taken: {detail}"),
    "day_range": (
        "日期 {value} 不合理，应在 {low} 至 {high} 之间",
        "day {value} is beyond reason; wanted {low} to {high}",
    ),
    "not_a_count": ("“{value}”不是整数", "{value} is not a whole number"),
    "not_a_number": ("“{value}”不是数字", "{value} is not a number"),
    "negative": ("{value} 为负数", "{value} is negative"),
    "too_big": ("{value} 超过上限 {limit}", "{value} is more than {limit}"),
    "not_a_term": ("“{value}”不在词表中，可用：{known}", "{value} is not a known term; there are: {known}"),
    "not_a_code": ("“{value}”不是有效的区划代码", "{value} is not a valid area code"),
    "not_a_cell": ("“{value}”不是有效的网格编号", "{value} is not a valid cell"),
    "not_a_geometry": ("图形无法读取：{detail}", "the shape cannot be read: {detail}"),
    "lonlat": ("坐标 {value} 超出范围", "coordinates {value} are out of range"),
    "days_order": ("结束日期早于开始日期 {start}", "it ends before it starts on {start}"),
    "no_place": ("没有任何位置信息", "nothing says where"),
    "unknown_place": ("“{value}”不在本市区域中", "{value} is no area of this city"),
    "outside": ("位置在本市之外", "the place is outside the city"),
    "formula": ("单元格是公式或错误值，不是数据", "the cell is a formula or an error, not data"),
    "columns": ("该行有 {found} 列，应为 {wanted} 列", "the row has {found} columns, wanted {wanted}"),
    "duplicate": ("与第 {other} 行重复", "repeats row {other}"),
    "not_a_record": ("“{value}”不是一条记录（应为对象）", "{value} is no record (an object is wanted)"),
    "cell_too_long": ("单元格过长（{size} 字）", "the cell is too long ({size} characters)"),
}


@dataclass(frozen=True, slots=True)
class Reject:
    """One bad row of a delivered file.

    ``row`` counts as the sender's program does: the heading is row 1. ``column`` is the
    sender's own heading, ``value`` the cell as delivered, ``why`` a key of :data:`WHY`.
    """

    row: int
    column: str
    value: str
    why: str
    more: Mapping[str, Any] = field(default_factory=dict)

    def say(self, lang: Lang) -> str:
        """Why the row was not taken, in the reader's language."""
        template = WHY[self.why][0 if lang == "zh" else 1]
        return template.format(value=quote(self.value), **{k: quote(v) for k, v in self.more.items()})


class BadCell(ValueError):
    """Raised by a field's parser; becomes the row's :class:`Reject` (never leaves ``check``)."""

    def __init__(self, why: str, **more: Any) -> None:
        super().__init__(why)
        self.why = why
        self.more = more
