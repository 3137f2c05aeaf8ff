"""物资保障: what is left of what people need."""

from __future__ import annotations

from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Section


def make(context: Context) -> Section:
    """No source of supplies is known to the product yet; what is missing is said by name."""
    told = [
        context.unreported(zh, en)
        for zh, en in (
            ("生活物资（粮油菜肉）供应与可用天数", "Food in store, days left"),
            ("防护用品、检测试剂与药品库存", "Protective gear, test kits and medicines in store"),
        )
    ]
    return Section("supplies", context.say(SECTION.zh, SECTION.en), tuple(told))


SECTION = Maker("supplies", "物资保障", "Supplies", make)
