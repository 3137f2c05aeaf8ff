"""阳性居住地: the places that were published, by street and community."""

from __future__ import annotations

from dashboard.reports.blocks import ranked
from dashboard.reports.context import Context, Maker
from dashboard.reports.model import Block, Paragraph, Section
from dashboard.reports.sentences import breakdown

#: Places that a table names before it sums the rest up.
LISTED = 15


def make(context: Context) -> Section:
    """How many addresses, and where most of them lie."""
    return Section("addresses", context.say(SECTION.zh, SECTION.en), (*_told(context), _persons(context)))


def _told(context: Context) -> list[Block]:
    if not context.has("addresses"):
        return [context.unreported("阳性居住地", "Addresses with a positive", "addresses")]
    noun = context.noun("阳性居住地", "处", "address with a positive", "addresses with a positive")
    said = breakdown(context.split("addresses"), noun, context.lang)
    blocks: list[Block] = [Paragraph((*said, *context.line("；{c}。", "; {c}.", c=context.change("addresses", "处"))))]
    level = next((one for one in ("street", "community") if one in context.levels_below), None)
    if level:
        title = context.say("阳性居住地较多的街镇居村", "Where most addresses lie")
        blocks.append(
            ranked(
                context,
                "addresses",
                title,
                "addresses",
                context.say("居住地（处）", "Addresses"),
                level=level,
                most=LISTED,
            )
        )
    return blocks


def _persons(context: Context) -> Paragraph:
    return context.remark(
        "病例个案（性别、年龄、活动轨迹、发现途径）：未报。本系统只收计数，不存个人信息。",
        "Single cases (sex, age, movements, how they were found): not reported. Only counts are kept here, no persons.",
    )


SECTION = Maker("addresses", "阳性居住地", "Addresses with a positive", make)
