"""12345 诉求: what people asked for, and whether they were answered."""

from __future__ import annotations

from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Section


def make(context: Context) -> Section:
    """No source of calls is known to the product yet; what is missing is said by name."""
    told = [
        context.unreported(zh, en)
        for zh, en in (
            (
                "12345 受理量与分类（就医、物资、转码、出行）",
                "Calls to 12345, by kind (treatment, food, codes, travel)",
            ),
            ("响应率、解决率、满意率", "Rates of response, solution and satisfaction"),
        )
    ]
    return Section("calls", context.say(SECTION.zh, SECTION.en), tuple(told))


SECTION = Maker("calls", "12345 群众诉求", "Hotline requests", make)
